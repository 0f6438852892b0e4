import { foldName } from './processTable.ts';

/**
 * Programs that are never touched, by family: one name stands for all its versions, bitnesses, channels and wrappers
 * (`python` for `python3.11`, `pythonw.exe` and `.python3-wrapped`).
 * `interpreter`: runs other programs' files, or is another program's frame, so that its name says nothing of what runs.
 * `work`: somebody's work ends with it. `system`: the session, the desktop or the computer would suffer.
 */
export type ProgramFamily = 'interpreter' | 'work' | 'system';

/** Names after `reduce`, and beginnings of names, which end in `*`. */
const families: Readonly<Record<ProgramFamily, string>> = {
  interpreter: `
    python pythonw py pyw pypy ipython jupyter perl wperl ruby rubyw irb jruby truffleruby php php-cgi php-fpm hhvm
    node nodejs bun deno qjs java javaw javaws jshell dotnet mono mono-sgen csi fsi lua luajit luau tclsh wish expect guile
    racket sbcl clisp ghc ghci runghc beam.smp erl erlexec elixir iex r rscript rterm rgui julia octave octave-cli octave-gui
    scala groovy kotlin clojure swift gjs gjs-console cjs qml qmlscene ocaml ocamlrun awk gawk mawk osascript wscript cscript
    mshta rundll dllhost wine wine-preloader wineserver wineloader winedevice proton box box86 fex fexinterpreter
    muvm krun rosetta oahd electron nw nwjs apprun appimagelauncher bwrap flatpak flatpak-portal
    flatpak-session-helper xdg-dbus-proxy snap snap-confine snap-exec firejail steam-run env nohup setsid time timeout nice
    xargs ld-linux* ld-musl* ld.so qemu-* crosvm`,
  work: `
    sh bash dash zsh fish ksh mksh tcsh csh nu nushell pwsh powershell cmd busybox toybox xonsh elvish rbash git-bash
    sudo su doas pkexec run0
    tmux tmux:* screen zellij byobu dtach abduco
    gnome-terminal gnome-terminal-server kgx gnome-console ptyxis ptyxis-agent konsole yakuake xterm uxterm urxvt urxvtd rxvt
    st alacritty kitty wezterm wezterm-gui wezterm-mux-server foot footclient terminal iterm iterm2 warp ghostty hyper tabby
    rio contour terminator tilix guake tilda xfce4-terminal mate-terminal lxterminal qterminal deepin-terminal terminology
    cool-retro-term blackbox io.elementary.terminal windowsterminal wt openconsole conhost mintty conemu conemuc cmder
    code code-url-handler code-server code-tunnel codium vscodium vscode visual-studio-code cursor windsurf trae void positron
    kiro antigravity theia zed zed-editor zeditor devenv servicehub* rider resharper fleet idea pycharm webstorm phpstorm
    clion goland rubymine rustrover datagrip dataspell appcode aqua jetbrains-* jetbrains_client fsnotifier studio android-studio xcode lldb
    gdb eclipse netbeans vi vim gvim vimx nvim neovide nvim-qt emacs emacsclient xemacs nano pico micro kakoune kak hx helix
    joe jed mcedit ed gedit gnome-text-editor kate kwrite kdevelop pluma xed mousepad geany sublime_text sublime-text
    subl plugin_host atom pulsar brackets textmate bbedit nova coteditor notepad++ lapce qtcreator lite-xl spyder rstudio
    thonny bluefish codeblocks monodevelop
    ssh sshd sshd-session sshd-auth ssh-agent gpg gpg-agent scdaemon dirmngr mosh-server mosh-client dropbear et etserver
    xrdp* vncserver x0vncserver mstsc rdpclip rustdesk rsync scp sftp sftp-server rclone git git-remote-https
    make cmake ninja gcc cc1 cc1plus g++ clang ld ld.bfd ld.gold ld.lld lld mold cargo rustc rust-analyzer go gopls gradle mvn bazel ctest tsserver
    docker dockerd docker-* com.docker* containerd containerd-shim* runc crun podman conmon buildkitd buildah lxc lxd incus
    incusd kubelet k3s minikube colima limactl orbstack virtualbox virtualboxvm vboxheadless vboxsvc vmware-vmx vmware vmplayer
    libvirtd virtqemud utmvirtualmachine parallels* prl_client_app multipass multipassd wsl wslhost wslservice wslrelay vmmem vmmemwsl
    postgres postgresql mysqld mysql mariadbd mariadb mongod mongo redis-server valkey-server memcached sqlite sqlite3 duckdb
    clickhouse influxd etcd sqlservr elasticsearch
    apt apt-get apt-check aptitude aptd dpkg dpkg-deb dnf dnf5 yum rpm pacman makepkg pamac* zypper apk emerge portage nix nix-daemon nix-build
    guix guix-daemon brew port snapd packagekitd unattended-upgrade* update-manager gnome-software plasma-discover fwupd
    msiexec winget choco scoop trustedinstaller tiworker wuauclt usoclient installer softwareupdated softwareupdate mkinitramfs
    update-initramfs dracut grub-install npm npx pnpm yarn pip pipx uv conda mamba`,
  system: `
    init systemd systemd-* launchd loginwindow windowserver kernel_task dbus-daemon dbus-broker dbus-broker-launch dbus-launch
    runit runsv runsvdir openrc openrc-init s6-* elogind elogind-daemon login getty agetty udevd eudev cron crond atd rsyslogd
    x xorg xwayland xwayland-satellite wayland xinit startx gnome-shell gnome-shell-* gnome-session gnome-session-*
    gnome-keyring-daemon gnome-settings-daemon gnome-control-center gsd-* gvfsd gvfsd-* gvfs-* mutter mutter-x11-frames
    kwin kwin_x kwin_x11 kwin_wayland kwin_wayland_wrapper plasmashell plasma-* plasma_* ksmserver startplasma* kded* kglobalaccel* kglobalacceld kactivitymanagerd
    kaccess kscreen* krunner ksystemstats baloo_file* org_kde_powerdevil xembedsniproxy gmenudbusmenuproxy
    cinnamon cinnamon-* muffin csd-* xfce4-session xfce4-panel xfce4-power-manager xfce4-notifyd xfconfd xfdesktop xfsettingsd xfwm
    xfwm4 thunar mate-session mate-panel mate-settings-daemon marco caja lxsession lxpanel lxqt-* pcmanfm* openbox fluxbox
    blackbox-wm i i3 i3bar i3-nagbar i3status sway swaybg swaybar swayidle swaylock swaync hyprland hyprpaper hypridle hyprlock hyprlauncher weston labwc river
    niri qtile awesome bspwm dwm dwl xmonad herbstluftwm icewm jwm cosmic-* budgie-* gala wingpanel plank unity unity-* deepin-kwin
    dde-* enlightenment enlightenment_start picom compton xcompmgr waybar polybar eww wofi rofi dunst mako fnott notify-osd
    notification-daemon mate-notification-daemon nautilus nemo dolphin
    gdm gdm-* gdm3 sddm sddm-* lightdm lightdm-* greetd ly lxdm slim xdm
    pipewire pipewire-* wireplumber pulseaudio pulseeffects jackd jackdbus alsactl coreaudiod audiodg audiosrv speech-dispatcher orca
    at-spi-bus-launcher at-spi2-registryd at-spi* brltty nvda jfw narrator magnify osk voiceover
    xdg-desktop-portal xdg-desktop-portal-* xdg-document-portal xdg-permission-store
    ibus ibus-* fcitx fcitx-* fcitx5-* uim uim-* scim scim-* hime gcin kime nimf nimf-* mozc_server mozc_tool mozc_renderer
    ctfmon textinputhost chsime imebroker imeklmg tabtip googleime* googlejapaneseinput* textinputmenuagent imklaunchagent
    squirrel rime weaselserver xim onboard maliit-keyboard squeekboard wvkbd espanso keyd kanata
    karabiner* polkitd polkit-* polkit-gnome-authentication-agent* lxpolkit mate-polkit xfce-polkit hyprpolkitagent
    kwalletd* kwalletmanager ksecretd secret-service secd securityd pinentry pinentry-* p11-kit* pcscd
    networkmanager nm-* nmcli wpa_supplicant iwd connman* dhclient dhcpcd resolvconf dnsmasq unbound stubby bluetoothd bluetooth-*
    blueman-* modemmanager openvpn openvpn-* openvpn3-* openconnect vpnc vpnagentd vpnagent vpnui charon strongswan* wg wg-quick
    wireguard wireguard-* nordvpn nordvpnd nordvpn-* protonvpn protonvpn-* mullvad mullvad-* expressvpn expressvpnd surfshark*
    tailscale tailscaled tailscale-ipn zerotier-one warp-svc warp-cli warp-taskbar globalprotect pangps pangpa pulsesecure forticlient* clash clash-verge clash-verge-service clash-meta clash-nyanpasu mihomo verge-mihomo v2ray v2rayn
    xray sing-box tor openfortivpn ciscosecureclient
    upowerd power-profiles-daemon udisksd udiskie colord geoclue redshift gammastep cupsd cups-* avahi-daemon evolution-source-registry
    evolution-* goa-daemon goa-identity-service tracker-miner-* localsearch* tumblerd xsettingsd xbindkeys sxhkd light-locker xss-lock
    i3lock gnome-screensaver xscreensaver kscreenlocker_greet
    finder dock systemuiserver controlcenter windowmanager notificationcenter usernoted spotlight cfprefsd distnoted trustd tccd
    sharingd universalaccessd coreservicesd launchservicesd mds mds_stores mdworker* backupd airportd configd powerd opendirectoryd
    universalcontrol wallpaperagent
    explorer csrss wininit winlogon services lsass lsaiso smss svchost sihost fontdrvhost taskmgr taskhostw startmenuexperiencehost
    shellexperiencehost shellhost searchhost searchindexer searchapp runtimebroker applicationframehost systemsettings
    securityhealthservice securityhealthsystray msmpeng mpdefendercoreservice nissrv smartscreen spoolsv wudfhost logonui
    lockapp consent userinit dwmcore registry idle secure-system memory-compression`,
};

interface Families {
  readonly names: ReadonlyMap<string, ProgramFamily>;
  readonly beginnings: readonly (readonly [string, ProgramFamily])[];
}

let read: Families | undefined;

/** The family of a program, by the name of its file; `undefined` for one that may be ended. */
export function familyOf(name: string): ProgramFamily | undefined {
  read ??= readFamilies();
  const { names, beginnings } = read;
  for (const form of formsOf(name)) {
    const family =
      names.get(form) ?? beginnings.find(([beginning]) => form.startsWith(beginning))?.[1];
    if (family !== undefined) {
      return family;
    }
  }
  return undefined;
}

function readFamilies(): Families {
  const all = Object.entries(families).flatMap(([family, text]) =>
    // `Object.entries` forgets which names its keys are.
    text.split(/\s+/).map((word) => [word, family as ProgramFamily] as const),
  );
  const words = all.filter(([word]) => word !== '');
  return {
    names: new Map(words.filter(([word]) => !word.endsWith('*'))),
    beginnings: words
      .filter(([word]) => word.endsWith('*'))
      .map(([word, family]) => [word.slice(0, -1), family]),
  };
}

/**
 * What is taken off a name, one after the other, in any order and again and again. Each needs a mark before it (a dot, a
 * dash, a digit), so that `nodepad` and `pythonista` stay what they are.
 */
const reductions: readonly (readonly [RegExp, string])[] = [
  // Wrappers: Nix's `.python3-wrapped`, `firefox-bin`, `idea.sh`, `foo.real`.
  [/^\.(.+?)-wrapped_*$/, '$1'],
  [/^(.+)[.-](?:bin|real|distrib|wrapped|wrapper|launcher|sh|exe|com|bat|cmd|app|appimage)$/, '$1'],
  // Helpers of one application: `Code Helper (Renderer)`, `wine64-preloader`.
  [/^(.+) helper(?: \(.*\))?$/, '$1'],
  [/^(.+)-preloader$/, '$1'],
  // Where it was built for, and by whom.
  [
    /^(.+?)[._ -]?(?:x86[_-]64|x86|x64|i[3-6]86|amd64|arm64|aarch64|armhf|riscv64|universal)$/,
    '$1',
  ],
  [/^(.+)[._ -](?:linux|linux-gnu|gnu|musl|macos|darwin|win|windows|msvc|openbsd|netbsd)$/, '$1'],
  // Channels and editions.
  [
    /^(.+?)(?: - |[._ -])(?:oss|insiders?|exploration|stable|beta|dev|devel|nightly|canary|preview|edge|eap|next|lts|git|ce|community|ultimate|professional|dbg|debug|static|optimized)$/,
    '$1',
  ],
  // What Debian calls editions of editors: `vim.basic`, `emacs-gtk`, `nano-tiny`.
  [
    /^(.+)[._-](?:basic|tiny|nox|gtk[234]?|gui|athena|motif|lucid|pgtk|x11|qt[456]?|cli|term|client|server)$/,
    '$1',
  ],
  // Versions: `python3.11`, `perl5.36.0`, `php8.2`, `ruby-3.1`, `java17`, `node_20`, `fcitx5`, `idea64`, `python3.13t`.
  [/^(.*[^\d._-])[._-]?v?\d+(?:[._]\d+)*(?:(?:a|b|rc)\d+)?$/, '$1'],
  [/^(.+)[._-]v?\d+(?:[._]\d+)*$/, '$1'],
  // Built to build for another: `x86_64-linux-gnu-gcc`.
  [/^(?:x86_64|i[3-6]86|aarch64|arm|riscv64)[^-]*-.*-([^-]+)$/, '$1'],
  [/^(python)\d+(?:\.\d+)*[tdm]{1,2}$/, '$1'],
];

/** A name and all that it may be a version of. */
function formsOf(name: string): ReadonlySet<string> {
  const forms = new Set([foldName(name)]);
  // A set that grows while it is walked through is walked to its end.
  for (const form of forms) {
    for (const [pattern, kept] of reductions) {
      const shorter = form.replace(pattern, kept);
      // `x4` is no version of X.
      if (shorter.length > 1 && forms.size < 64) {
        forms.add(shorter);
      }
    }
  }
  return forms;
}
