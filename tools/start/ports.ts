import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { opsPortOf } from './programs.ts';
import { type Settings, SettingsError } from './settings.ts';

export interface WantedPort {
  readonly port: number;
  readonly host: string;
  readonly usedBy: string;
  /** The variable that changes it. */
  readonly setting: string;
}

/** Every port that the local system listens on. */
export function wantedPorts(settings: Settings): WantedPort[] {
  const host = '127.0.0.1';
  const ops = Object.entries(opsPortOf(settings)).map(([name, port]) => ({
    port,
    host,
    usedBy: `${name}'s health and metrics`,
    setting: 'SLIPSTREAM_OPS_PORT',
  }));
  return [
    { port: settings.port, host: settings.host, usedBy: 'the gateway', setting: 'SLIPSTREAM_PORT' },
    { port: settings.natsPort, host, usedBy: 'nats-server', setting: 'SLIPSTREAM_NATS_PORT' },
    {
      port: settings.natsMonitorPort,
      host,
      usedBy: "nats-server's monitoring",
      setting: 'SLIPSTREAM_NATS_MONITOR_PORT',
    },
    {
      port: settings.manualPort,
      host,
      usedBy: 'the sample site',
      setting: 'SLIPSTREAM_MANUAL_PORT',
    },
    ...ops,
  ];
}

/** Throws a SettingsError that names every port that is taken and the variable that changes it. */
export async function checkPorts(ports: readonly WantedPort[]): Promise<void> {
  const problems: string[] = [];
  for (const [place, wanted] of ports.entries()) {
    const { port, usedBy, setting } = wanted;
    const twin = ports.slice(0, place).find((other) => other.port === port);
    if (twin)
      problems.push(
        `port ${port} is meant for ${twin.usedBy} (${twin.setting}) and for ${usedBy} (${setting})`,
      );
    else if (await isTaken(wanted))
      problems.push(`port ${port} for ${usedBy} is taken; set ${setting} to a free one`);
  }
  if (problems.length > 0)
    throw new SettingsError(`Nothing was started:\n  - ${problems.join('\n  - ')}`);
}

/** Some systems let two programs listen where one took all addresses, so both ways are asked. */
async function isTaken({ host, port }: WantedPort): Promise<boolean> {
  return (await answers(port)) || !(await canListen(host, port));
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // refused: nobody listens
  } finally {
    socket.destroy();
  }
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen({ host, port, exclusive: true }), 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false; // in use, or not ours to take (below 1024)
  }
}
