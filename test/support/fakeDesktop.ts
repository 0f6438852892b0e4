import type { CommandRunner } from '../../src/focus/runCommand.ts';

const schema = 'org.gnome.system.proxy';
const connections = 'Connections';

/** GNOME's settings and Windows's registry, as their own programs show and change them. */
export class FakeDesktop {
  gnome = new Map([
    ['mode', "'none'"],
    ['autoconfig-url', "''"],
  ]);
  registry = new Map<string, string>();
  /** `DefaultConnectionSettings`, in hexadecimal digits. */
  kept = '';
  /** Off: changes are said to be made, and are not. */
  keeps = true;
  /** Called before each command is carried out: what other programs do meanwhile. */
  before: (isLook: boolean) => void = () => {};

  readonly run: CommandRunner = (file, args) => {
    const [action = ''] = args;
    const isLook = !['set', 'add', 'delete'].includes(action);
    this.before(isLook);
    if (!isLook && !this.keeps) {
      return answer('');
    }
    return file === 'gsettings' ? this.#gsettings(args) : this.#reg(args);
  };

  get state(): unknown {
    return structuredClone([this.gnome, this.registry]);
  }

  #gsettings([action, , key = '', value = '']: readonly string[]): ReturnType<CommandRunner> {
    if (action === 'set') {
      this.gnome.set(key, value);
      return answer('');
    }
    const lines = [...this.gnome].map(([name, set]) => `${schema} ${name} ${set}\n`);
    return answer(`${lines.join('')}${schema}.http host ''\n${schema}.http port 8080\n`);
  }

  #reg(args: readonly string[]): ReturnType<CommandRunner> {
    const [action, key = ''] = args;
    const name = args[args.indexOf('/v') + 1] ?? '';
    if (action === 'add') {
      this.registry.set(name, args[args.indexOf('/d') + 1] ?? '');
      return answer('');
    }
    if (action === 'delete') {
      return answer(this.registry.delete(name) ? '' : undefined);
    }
    if (key.endsWith(connections)) {
      return answer(this.kept === '' ? undefined : printed('DefaultConnectionSettings', this.kept));
    }
    return answer([...this.registry].map((value) => printed(...value)).join(''));
  }
}

function printed(name: string, value: string): string {
  const type = value.startsWith('0x') ? 'DWORD' : 'SZ';
  return `\r\nHKEY_CURRENT_USER\\Software\r\n    ${name}    REG_${type}    ${value}\r\n\r\n`;
}

function answer(output: string | undefined): ReturnType<CommandRunner> {
  return Promise.resolve({ code: output === undefined ? 1 : 0, output: output ?? '' });
}
