import assert from 'node:assert/strict';
import { appNameRefusal, AppRefusals } from '../../../src/focus/apps/appRefusal.ts';
import type { ProcessEntry } from '../../../src/focus/apps/processTable.ts';
import { familyOf, type ProgramFamily } from '../../../src/focus/apps/programFamily.ts';
import { processorMs } from '../../support/processorTime.ts';

/** Names of program files as they are found on systems. */
const found: Readonly<Record<ProgramFamily, string>> = {
  interpreter: `
    python python3 python3.11 python3.13 python3.13t python3.12d python2.7 python3.11-dbg python3.11d pypy3 pypy3.10 .python3.12-wrapped
    pythonw.exe Python.exe py.exe Python perl perl5.36.0 perl5.36-x86_64-linux-gnu perl5.38.2 ruby ruby3.1 ruby3.3 ruby-3.2 rubyw.exe php php8.2
    php-fpm8.2 php-cgi.exe node nodejs node20 node-22 node_18 bun deno java javaw.exe java-17 dotnet dotnet.exe mono mono-sgen lua lua5.4
    luajit luajit-2.1 tclsh8.6 wish8.6 guile-3.0 beam.smp erl R Rscript julia julia-1.10 octave-cli octave-gui octave-cli-8.4.0
    gjs-console gjs mawk gawk gawk-5.2.1 osascript wscript.exe cscript.exe mshta.exe wine wine64 wine64-preloader wine-preloader
    wineserver wineserver64 wine64-preloader-stable electron electron28 electron-30 .electron-wrapped nwjs AppRun AppRun.wrapped bwrap
    flatpak snap-confine ld-linux-x86-64.so.2 ld-musl-x86_64.so.1 qemu-system-x86_64 qemu-x86_64 box64 rundll32.exe`,
  work: `
    bash bash5 sh dash zsh zsh-5.9 fish nu pwsh powershell.exe cmd.exe busybox busybox.static tmux tmux: sudo su
    gnome-terminal-server .gnome-terminal-server-wrapped konsole xterm alacritty kitty wezterm-gui foot footclient Terminal iTerm2 ghostty ptyxis
    kgx WindowsTerminal.exe OpenConsole.exe conhost.exe mintty.exe ConEmu64.exe ConEmuC64.exe
    code code-oss code-insiders code.bin Code.exe Code-Insiders.exe Code%20-%20Insiders.exe Code%20Helper Code%20Helper%20(Renderer) codium VSCodium
    codium-insiders cursor Cursor.exe Cursor%20Helper%20(Plugin) windsurf zed zed-editor zeditor .zed-editor-wrapped vim vim.basic vim.gtk3 vim.tiny
    vim.nox vim.motif gvim nvim nvim-qt nvim.appimage emacs emacs-gtk emacs-29.3 emacs-lucid emacs-nox emacs28.2 Emacs-arm64-11 nano nano-tiny
    helix hx sublime_text sublime_text.exe kate gedit gnome-text-editor idea idea64 idea64.exe idea.sh pycharm64.exe pycharm-community webstorm64.exe
    phpstorm64 clion64.exe goland64.exe rider64.exe rubymine64.exe rustrover64.exe datagrip64.exe studio64.exe studio devenv.exe Xcode notepad++.exe
    sshd sshd-session ssh-agent gpg-agent mosh-server rsync git git-remote-https docker dockerd docker-proxy com.docker.backend containerd
    containerd-shim-runc-v2 podman conmon VirtualBoxVM vmware-vmx wslhost.exe vmmemWSL postgres mysqld mariadbd mongod redis-server sqlite3
    apt apt-get dpkg dnf dnf5 dnf-3 yum rpm pacman zypper packagekitd msiexec.exe cargo rustc gcc-12 x86_64-linux-gnu-gcc-12 clang-18 ld.bfd make`,
  system: `
    systemd systemd-logind launchd dbus-daemon Xorg Xorg.bin Xwayland gnome-shell .gnome-shell-wrapped gnome-session-binary gnome-session-service
    mutter-x11-frames kwin_wayland kwin_x11 plasmashell kded5 kded6 ksmserver sway Hyprland .Hyprland-wrapped river i3 openbox xfce4-session gdm3
    gdm-x-session sddm sddm-helper lightdm lightdm-gtk-greeter pipewire pipewire-pulse wireplumber pulseaudio coreaudiod audiodg.exe ibus-daemon
    ibus-engine-mozc ibus-ui-gtk3 ibus-x11 fcitx fcitx5 fcitx5.bin fcitx-dbus-watcher mozc_server ctfmon.exe TextInputHost.exe ChsIME.exe
    polkitd polkit-gnome-authentication-agent-1 polkit-kde-authentication-agent-1 lxpolkit gnome-keyring-daemon kwalletd5 kwalletd6 dunst mako
    xfce4-notifyd xdg-desktop-portal xdg-desktop-portal-gtk gvfsd gvfsd-fuse gsd-media-keys at-spi2-registryd at-spi-bus-launcher NetworkManager
    wpa_supplicant openvpn openvpn-gui.exe openvpn3-service-client nordvpnd tailscaled wireguard.exe vpnagentd mullvad-daemon warp-svc explorer.exe dwm.exe
    svchost.exe StartMenuExperienceHost.exe Finder Dock WindowServer loginwindow SystemUIServer NotificationCenter waybar picom`,
};

/** Apps that somebody may well want to be away from, and names that only look like one of a family. */
const wanted = `
  steam steamwebhelper steam.exe Steam.exe steam-runtime discord Discord Discord.exe DiscordCanary DiscordPTB discord-canary Discord%20Helper%20(Renderer) slack
  slack.exe Slack%20Helper spotify Spotify.exe spotify-launcher .spotify-wrapped firefox firefox-bin firefox-esr .firefox-wrapped firefox.exe chrome
  chrome.exe google-chrome google-chrome-stable Google%20Chrome%20Helper chromium chromium-browser msedge.exe microsoft-edge brave brave-browser opera vivaldi-bin
  Safari thunderbird thunderbird-bin signal-desktop Signal.exe telegram-desktop Telegram Telegram.exe WhatsApp teams teams-for-linux ms-teams zoom
  zoom.exe Zoom.exe skypeforlinux element-desktop vlc mpv obs obs64.exe obs-studio rhythmbox Music TV News Messages minecraft-launcher Minecraft.exe lutris heroic
  EpicGamesLauncher.exe Battle.net.exe RiotClientServices.exe LeagueClient.exe GalaxyClient.exe dota2 cs2 cs2.exe csgo_linux64 hl2_linux
  hl2.exe X4.exe xcom2 l4d2 terraria.bin.x86_64 factorio openttd supertuxkart gnome-mines gnome-chess gnome-2048 kpat sol.exe portal2
  nodepad pythonista javascriptapp javafx-game perlapp rubymine-theme phpbb electronics vimeo vimwiki bashful codecombat codenames cursors ideaflow zedis
  gitter gitkraken dockstar dockerino nodered notion notion-app obsidian logseq todoist steamlink kittens footballmanager swayze i3game mutterings riverraid
  winery winefish winecellar wines monogame Monopoly monodeal javaquarium rustclient RustClient.exe idle-heroes clash-royale pulsar-game-x terminals
  sshx shell-shock fishdom finderskeepers docking exploration explorers x-plane X-Plane-x86_64 go-game golf makeover makemkv`;

const wordsOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    // A blank in a name.
    .map((word) => word.replaceAll('%20', ' '));

describe('the family of a program', () => {
  for (const family of ['interpreter', 'work', 'system'] as const) {
    it(`is ${family} for names as they are found`, () => {
      const wrong = wordsOf(found[family]).flatMap((name) => {
        const forms = [name, name.toUpperCase(), ` ${name}`];
        const others = forms.map(familyOf).filter((one) => one !== family);
        return others.length > 0 ? [`${name}: ${others.join()}`] : [];
      });
      assert.deepEqual(wrong, []);
    });
  }

  it('is none for apps that people want to be away from, and for names that only look alike', () => {
    const wrong = wordsOf(wanted).filter((name) => appNameRefusal(name) !== undefined);
    assert.deepEqual(wrong, []);
  });

  it('is told with the reason, and so is what is no name', () => {
    assert.equal(appNameRefusal('python3.11'), 'interpreter');
    assert.equal(appNameRefusal('vim.basic'), 'work');
    assert.equal(appNameRefusal('ibus-daemon'), 'system');
    for (const name of ['', ' ', '*', 'a/b', 'a\\b', 'x'.repeat(256)]) {
      assert.equal(appNameRefusal(name), 'malformed', name);
    }
  });

  it('takes a moment, however long and strange a name is', () => {
    const startMs = processorMs();
    for (const name of [
      'x'.repeat(4_000),
      '-1'.repeat(120),
      'a.b-'.repeat(60),
      `${'1.'.repeat(120)}x`,
    ]) {
      familyOf(name);
    }
    assert.ok(processorMs() - startMs < 2_000);
  });
});

describe('what a process is', () => {
  const entry = (pid: number, parentPid: number, executable: string): ProcessEntry => ({
    pid,
    parentPid,
    userId: 1000,
    start: String(pid),
    name: (executable.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, ''),
    executable,
  });
  const refusalIn = (
    table: readonly ProcessEntry[],
    ownExecutable: string,
    pid: number,
    ownPid = 120,
  ): string | undefined => {
    const found = table.find((one) => one.pid === pid);
    assert.ok(found !== undefined);
    return new AppRefusals(table, { ownPid, ownUserId: 1000, ownExecutable }).refusal(found);
  };

  it('counts, whatever its name: the editor, its helpers under other names, and what they started', () => {
    const mac = '/Applications/Editor.app/Contents';
    const helper = `${mac}/Frameworks/Quill Helper (Plugin).app/Contents/MacOS/Quill Helper (Plugin)`;
    const windows = 'C:\\Users\\ada\\AppData\\Local\\Programs\\Editor\\';
    const linux = '/usr/share/editor/';
    const server = '/home/ada/.editor-server/cli/servers/Stable-0123/server/';
    for (const [own, main, other, app] of [
      [
        helper,
        `${mac}/MacOS/Main`,
        `${mac}/Frameworks/Quill Helper.app/Contents/MacOS/Quill Helper`,
        '/Applications/Chat.app/Contents/MacOS/Chat',
      ],
      [
        `${windows}Quill.exe`,
        `${windows}Quill.exe`,
        `${windows}resources\\tool\\rg.exe`,
        'C:\\Games\\Chat\\Chat.exe',
      ],
      [`${linux}quill`, `${linux}quill`, `${linux}chrome_crashpad_handler`, '/opt/Chat/chat'],
      [`${server}quill`, `${server}bin/quill-server`, `${server}out/rg`, '/usr/bin/chat'],
    ] as const) {
      const table = [
        entry(50, 1, '/usr/bin/desktop'),
        entry(100, 50, main),
        entry(110, 100, other),
        entry(120, 100, own),
        // Started by a helper, so no child of ours.
        entry(130, 110, app),
        entry(140, 130, app),
        entry(200, 50, app),
        // Another instance of the same editor, outside.
        entry(210, 50, own),
        entry(220, 50, other),
      ];
      assert.deepEqual(
        [50, 100, 110, 120, 130, 140, 200, 210, 220].map((pid) => refusalIn(table, own, pid)),
        [
          'ancestor',
          'ancestor',
          'editor',
          'self',
          'editor',
          'editor',
          undefined,
          'editor',
          'editor',
        ],
        own,
      );
    }
  });

  it('is its own program alone where programs of all kinds lie side by side', () => {
    for (const folder of [
      '/usr/bin/',
      '/usr/local/bin/',
      '/home/ada/.local/bin/',
      '/opt/',
      'C:\\',
      'D:\\bin\\',
    ]) {
      const table = [entry(120, 1, `${folder}quill`), entry(200, 1, `${folder}chat`)];
      assert.equal(refusalIn(table, `${folder}quill`, 200), undefined, folder);
    }
  });

  it('counts where it lies: what runs a system is left alone under any name', () => {
    for (const [executable, refusal] of [
      ['/usr/libexec/some-agent', 'protected'],
      ['/usr/lib/systemd/some-thing', 'protected'],
      ['/usr/sbin/some-daemon', 'protected'],
      ['/sbin/some-daemon', 'protected'],
      ['/System/Library/CoreServices/Some.app/Contents/MacOS/Some', 'protected'],
      ['C:\\Windows\\System32\\Some.exe', 'protected'],
      ['c:\\WINDOWS\\SystemApps\\Some\\Some.exe', 'protected'],
      ['/System/Applications/Music.app/Contents/MacOS/Music', undefined],
      ['/usr/lib/chat/chat', undefined],
      ['/home/ada/sbin/chat', undefined],
      ['D:\\Games\\Windows\\Chat.exe', undefined],
    ] as const) {
      const table = [entry(120, 1, '/usr/bin/quill'), entry(200, 1, executable)];
      assert.equal(refusalIn(table, '/usr/bin/quill', 200), refusal, executable);
    }
  });

  it("is its interpreter where it is a script, and a script is never ended by the interpreter's name", () => {
    // As Linux and macOS show it: the executable is the interpreter, whatever the script is called.
    const table = [entry(120, 1, '/usr/bin/quill'), entry(200, 1, '/usr/bin/python3.11')];
    assert.equal(refusalIn(table, '/usr/bin/quill', 200), 'protected');
  });

  it('is not asked where the table does not even show us', () => {
    assert.equal(refusalIn([entry(200, 1, '/opt/Chat/chat')], '/usr/bin/quill', 200), 'unseen');
  });
});
