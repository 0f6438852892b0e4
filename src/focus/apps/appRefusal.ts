import { foldName, type ProcessEntry } from './processTable.ts';

/** Why a process is never touched, whatever the list says. */
export type AppRefusal =
  'system' | 'kernel' | 'self' | 'ancestor' | 'editor' | 'otherUser' | 'protected' | 'root';

/** Programs that end a session, a desktop, or somebody's work when they end. Folded names. */
const protectedApps: ReadonlySet<string> = new Set(
  `init systemd systemd-logind launchd loginwindow windowserver kernel_task dbus-daemon dbus-broker
  dbus-broker-launch runit openrc s6-svscan elogind login getty agetty
  xorg xwayland x wayland gnome-shell gnome-session gnome-session-binary mutter kwin_x11 kwin_wayland
  plasmashell ksmserver startplasma-wayland cinnamon cinnamon-session xfce4-session xfwm4 xfce4-panel
  mate-session marco lxsession lxqt-session openbox i3 sway hyprland weston labwc river gdm gdm3 sddm lightdm
  gnome-keyring-daemon pipewire wireplumber pulseaudio xdg-desktop-portal ssh-agent gpg-agent
  finder dock systemuiserver controlcenter
  explorer csrss wininit winlogon services lsass smss svchost dwm sihost ctfmon fontdrvhost taskmgr
  startmenuexperiencehost shellexperiencehost searchhost runtimebroker conhost wsl wslhost vmmem
  sh bash dash zsh fish ksh tcsh csh nu pwsh powershell cmd busybox sudo su doas
  sshd ssh mosh-server tmux tmux: server screen zellij
  gnome-terminal-server konsole xterm alacritty kitty wezterm-gui foot terminal iterm2 windowsterminal
  code code-insiders codium vscodium code-server code-tunnel cursor windsurf electron node bun deno
  vim nvim gvim emacs emacs-gtk nano hx helix zed sublime_text idea pycharm webstorm clion goland rider
  containerd dockerd docker podman qemu-system-x86_64 virtualboxvm`
    .split(/\s+/)
    .concat('tmux: server'),
);

export interface RefusalFacts {
  readonly ownPid: number;
  /** The user's number; `undefined` where the platform has none (Windows, where the session's stands for it). */
  readonly ownUserId: number | undefined;
  readonly ownExecutable: string;
}

/** Tells which processes of one table must not be touched. Made anew for each table: parents change. */
export class AppRefusals {
  readonly #facts: RefusalFacts;
  readonly #byPid: ReadonlyMap<number, ProcessEntry>;
  readonly #ancestors = new Set<number>();
  readonly #editorRoot: number;
  readonly #userId: number | undefined;

  constructor(table: readonly ProcessEntry[], facts: RefusalFacts) {
    this.#facts = facts;
    this.#byPid = new Map(table.map((entry) => [entry.pid, entry]));
    const own = this.#byPid.get(facts.ownPid);
    this.#userId = facts.ownUserId ?? own?.userId;
    // The editor's root: the topmost of our ancestors, without a gap, that runs the same program as we do.
    let root = facts.ownPid;
    let isEditor = true;
    for (const entry of this.#linesUp(facts.ownPid)) {
      this.#ancestors.add(entry.pid);
      isEditor &&= entry.pid > 1 && (entry.executable ?? '') === facts.ownExecutable;
      root = isEditor ? entry.pid : root;
    }
    this.#editorRoot = root;
  }

  /** Why this process is not touched, or `undefined` when it may be. */
  refusal(entry: ProcessEntry): AppRefusal | undefined {
    const { ownPid } = this.#facts;
    if (this.#userId === undefined || this.#facts.ownUserId === 0) {
      // As root nothing would stop a mistake.
      return 'root';
    }
    if (entry.pid <= 1 || !Number.isInteger(entry.pid)) {
      return 'system';
    }
    if (entry.pid === ownPid) {
      return 'self';
    }
    if (this.#ancestors.has(entry.pid)) {
      return 'ancestor';
    }
    if (entry.parentPid === 2 && process.platform === 'linux' && entry.executable === undefined) {
      return 'kernel';
    }
    if (entry.userId !== this.#userId) {
      return 'otherUser';
    }
    if (entry.name === '' || protectedApps.has(foldName(entry.name))) {
      return 'protected';
    }
    if (entry.executable !== undefined && entry.executable === this.#facts.ownExecutable) {
      return 'editor';
    }
    for (const parent of this.#linesUp(entry.pid)) {
      if (parent.pid === this.#editorRoot || parent.pid === ownPid) {
        return 'editor';
      }
    }
    return undefined;
  }

  /** The parents of a process, nearest first; ends at the top, at a gap, or where the table is a circle. */
  *#linesUp(pid: number): Generator<ProcessEntry> {
    const seen = new Set([pid]);
    let entry = this.#byPid.get(pid);
    while (entry !== undefined && !seen.has(entry.parentPid)) {
      seen.add(entry.parentPid);
      entry = this.#byPid.get(entry.parentPid);
      if (entry !== undefined) {
        yield entry;
      }
    }
  }
}

/** Whether a name may be put on the list at all. */
export function isBlockableApp(name: string): boolean {
  const folded = foldName(name);
  return (
    folded !== '' && folded.length <= 255 && !/[/\\*?]/.test(folded) && !protectedApps.has(folded)
  );
}
