/**
 * Names that no block touches, whoever asks for it and by whichever way, with all that lies below them: from there come the
 * updates of systems, browsers and editors, and the time. Blocking one would hold off the mending of faults for as long
 * as the block lasts. What lies above may be blocked: these stay reachable then.
 *
 * The list stands in `docs/blocking.md` and in the hosts helper as well; tests compare them. Knows nothing of Node, so that
 * the companion goes by it too.
 */
const keptNames = {
  'Debian, Ubuntu and those made of them':
    'debian.org archive.ubuntu.com security.ubuntu.com ports.ubuntu.com esm.ubuntu.com changelogs.ubuntu.com ' +
    'keyserver.ubuntu.com ppa.launchpadcontent.net snapcraft.io snapcraftcontent.com packages.linuxmint.com ' +
    'apt.pop-os.org archive.raspberrypi.com raspbian.raspberrypi.com http.kali.org',
  'other Linux systems':
    'fedoraproject.org cdn.redhat.com rhsm.redhat.com mirror.stream.centos.org dl.rockylinux.org repo.almalinux.org ' +
    'download.opensuse.org cdn.opensuse.org archlinux.org pkgbuild.com alpinelinux.org cache.nixos.org ' +
    'channels.nixos.org gentoo.org flathub.org fwupd.org',
  Windows:
    'windowsupdate.com update.microsoft.com windowsupdate.microsoft.com delivery.mp.microsoft.com download.microsoft.com ' +
    'packages.microsoft.com definitionupdates.microsoft.com wdcp.microsoft.com wd.microsoft.com wustat.windows.com ' +
    'go.microsoft.com',
  Apple:
    'swscan.apple.com swcdn.apple.com swdist.apple.com swdownload.apple.com gdmf.apple.com mesu.apple.com gs.apple.com ' +
    'appldnld.apple.com oscdn.apple.com configuration.apple.com cdn-apple.com',
  browsers:
    'aus5.mozilla.org download.mozilla.org archive.mozilla.org ftp.mozilla.org packages.mozilla.org addons.mozilla.org ' +
    'services.mozilla.com cdn.mozilla.net update.googleapis.com safebrowsing.googleapis.com dl.google.com ' +
    'dl-ssl.google.com clients2.google.com clients2.googleusercontent.com gvt1.com edge.microsoft.com ' +
    'api.cdp.microsoft.com updates.bravesoftware.com go-updates.brave.com autoupdate.geo.opera.com update.vivaldi.com',
  'VS Code and its kin':
    'update.code.visualstudio.com marketplace.visualstudio.com vscode.download.prss.microsoft.com gallery.vsassets.io ' +
    'gallerycdn.vsassets.io vo.msecnd.net vscode-cdn.net vscode-unpkg.net vscode-sync.trafficmanager.net open-vsx.org ' +
    'openvsxorg.blob.core.windows.net login.microsoftonline.com',
  'the time':
    'ntp.org time.windows.com time.apple.com time.google.com time.cloudflare.com ntp.ubuntu.com',
} as const;

let known: ReadonlySet<string> | undefined;

/** The names by what they are for. */
export function keptNameGroups(): readonly {
  readonly title: string;
  readonly names: readonly string[];
}[] {
  return Object.entries(keptNames).map(([title, names]) => ({ title, names: names.split(' ') }));
}

/** All of them. */
export function allKeptNames(): ReadonlySet<string> {
  known ??= new Set(keptNameGroups().flatMap(({ names }) => names));
  return known;
}

/** Whether a host, in the form that `hostName` gives, is such a name or lies below one. */
export function isKept(host: string): boolean {
  return isWithinAny(host, allKeptNames());
}

/** Whether a host is one of many names, or lies below one of them. */
export function isWithinAny(host: string, names: ReadonlySet<string>): boolean {
  for (let rest = host; ;) {
    if (names.has(rest)) {
      return true;
    }
    const dot = rest.indexOf('.');
    if (dot === -1) {
      return false;
    }
    rest = rest.slice(dot + 1);
  }
}
