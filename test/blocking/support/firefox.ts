import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { waitFor } from '../../support/waitFor.ts';

const port = 2_828;

/**
 * A real Firefox without a window, driven through Marionette, its own remote protocol: packets of
 * `LENGTH:[0, id, command, parameters]`, answered by `LENGTH:[1, id, error, result]`.
 */
export class Firefox {
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: { error: unknown; result: unknown }) => void>();
  #nextId = 1;
  #rest = Buffer.alloc(0);

  private constructor(process_: ChildProcess, socket: Socket) {
    this.#process = process_;
    this.#socket = socket;
    socket.on('data', (data: Buffer) => {
      this.#take(data);
    });
    socket.on('error', () => {});
  }

  static async open(
    folder: string,
    preferences: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<Firefox> {
    const profile = path.join(folder, 'profile');
    mkdirSync(profile, { recursive: true });
    const all = {
      'marionette.port': port,
      'browser.shell.checkDefaultBrowser': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'app.normandy.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'dom.security.https_first': false,
      'xpinstall.signatures.required': false,
      // Every name of the tests is on the loopback, where a browser would not use a proxy.
      'network.proxy.allow_hijacking_localhost': true,
      ...preferences,
    };
    const lines = Object.entries(all).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(path.join(profile, 'user.js'), `${lines.join('\n')}\n`);
    const child = spawn(
      'firefox-esr',
      [
        '--headless',
        '--marionette',
        '--remote-allow-system-access',
        '--no-remote',
        '--profile',
        profile,
      ],
      {
        detached: true,
        stdio: 'ignore',
        env: { ...process.env, HOME: folder, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
      },
    );
    const socket = await waitFor('Firefox', () => tryConnect());
    const firefox = new Firefox(child, socket);
    await firefox.send('WebDriver:NewSession', {
      acceptInsecureCerts: true,
      pageLoadStrategy: 'eager',
    });
    await firefox.send('WebDriver:SetTimeouts', { pageLoad: 4_000, script: 4_000 });
    return firefox;
  }

  /** @throws {Error} with Marionette's own words */
  async send(
    command: string,
    parameters: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    const text = JSON.stringify([0, id, command, parameters]);
    const { error, result } = await new Promise<{ error: unknown; result: unknown }>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
    if (error !== null) {
      throw new Error(JSON.stringify(error));
    }
    return typeof result === 'object' && result !== null && 'value' in result
      ? result.value
      : result;
  }

  run(script: string): Promise<unknown> {
    return this.send('WebDriver:ExecuteScript', { script, args: [] });
  }

  /** In the browser's own context, where extensions and preferences are. */
  async runInside(script: string): Promise<unknown> {
    await this.send('Marionette:SetContext', { value: 'chrome' });
    try {
      return await this.run(script);
    } finally {
      await this.send('Marionette:SetContext', { value: 'content' });
    }
  }

  /** Opens another tab and goes on in it. @returns its handle */
  async openTab(): Promise<string> {
    const opened = await this.send('WebDriver:NewWindow', { type: 'tab', focus: false });
    const handle =
      typeof opened === 'object' && opened !== null && 'handle' in opened
        ? String(opened.handle)
        : '';
    await this.turnTo(handle);
    return handle;
  }

  async turnTo(handle: string): Promise<void> {
    await this.send('WebDriver:SwitchToWindow', { handle, focus: false });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    const { pid } = this.#process;
    if (pid !== undefined && this.#process.exitCode === null) {
      process.kill(-pid, 'SIGKILL');
      await new Promise((resolve) => this.#process.once('exit', resolve));
    }
  }

  #take(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const colon = this.#rest.indexOf(':');
      const length = Number(this.#rest.toString('latin1', 0, Math.max(0, colon)));
      if (colon < 1 || this.#rest.length < colon + 1 + length) {
        return;
      }
      const packet: unknown = JSON.parse(
        this.#rest.toString('utf8', colon + 1, colon + 1 + length),
      );
      this.#rest = this.#rest.subarray(colon + 1 + length);
      if (Array.isArray(packet) && packet[0] === 1) {
        const [, id, error, result] = packet as unknown[];
        this.#waiting.get(Number(id))?.({ error, result });
        this.#waiting.delete(Number(id));
      }
    }
  }
}

function tryConnect(): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}
