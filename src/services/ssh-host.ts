import type { Client, ClientChannel, SFTPWrapper } from 'ssh2'
import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Host } from './host.ts'
import { connectSsh, type SshTarget } from './ssh-connect.ts'
import { createSftpFiles } from './ssh-files.ts'
import { createSshLink, type SshLink } from './ssh-link.ts'
import { createSshShell } from './ssh-shell.ts'

export type SshHostOptions = SshTarget & {
  readonly clock: Clock
  /** 0..1: spreads the attempts to connect again. */
  readonly random: () => number
}

/** A machine over one persistent ssh connection, opened at the first use. No `ssh` process. */
export const createSshHost = (options: SshHostOptions): Host => {
  const { name, clock } = options
  const link = createSshLink({ name, clock, random: options.random, connect: () => connectSsh(options) })
  const { shell, channel } = createSshShell({ name, clock, client: link.client })
  const sftp = sessionOf(link)
  const stopped = new AbortController()
  let uid: Promise<number> | null = null
  measureNow(link, clock, stopped.signal)
  return {
    name,
    via: 'ssh',
    shell,
    channel,
    files: createSftpFiles(name, sftp),
    dial: async (address, port, timeout) => dial(name, await link.client(), address, port, timeout),
    dialSocket: async path => dialSocket(name, await link.client(), path),
    mayListen: async () => mayListen(await link.client()),
    uid: () => {
      uid ??= shell.run(command('id', '-u')).then(ran => Number(ran.stdout))
      uid.catch(() => {
        uid = null
      })
      return uid
    },
    link: link.state,
    watch: link.watch,
    close: async () => {
      stopped.abort()
      link.close()
    },
  }
}

/** One SFTP session a connection. */
const sessionOf = (link: SshLink): (() => Promise<SFTPWrapper>) => {
  let of: Client | null = null
  let session: Promise<SFTPWrapper> | null = null
  return async () => {
    const client = await link.client()
    if (of === client && session !== null) return session
    of = client
    const forget = () => {
      if (session === opening) session = null
    }
    const opening: Promise<SFTPWrapper> = new Promise((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined) return reject(error)
        sftp.setMaxListeners(0) // each question under way waits for its end
        sftp.once('close', forget)
        resolve(sftp)
      })
    })
    session = opening
    opening.catch(forget)
    return opening
  }
}

const pace = 15_000

/** The round trip, by the cheapest question there is, as long as the link is up. */
const measureNow = (link: SshLink, clock: Clock, signal: AbortSignal): void => {
  let measuring = false
  const measure = async () => {
    while (link.state().kind === 'up' && !signal.aborted) {
      const client = await link.client()
      const before = performance.now()
      await answered(client)
      link.measured(performance.now() - before)
      await clock.sleep(pace, signal)
    }
  }
  link.watch(() => {
    if (measuring || link.state().kind !== 'up') return
    measuring = true
    measure()
      .catch(() => {}) // a lost link is told by the link
      .finally(() => {
        measuring = false
      })
  })
}

/** Asks to end a forwarding there never was: every server says no at once, also to a login that may open no session of its own. */
const answered = (client: Client): Promise<void> =>
  new Promise(resolve => client.unforwardIn('127.0.0.1', 1, () => resolve()))

/** A dropped SYN would hold a forwarded connection for two minutes: our own timer ends the wait. */
const dial = (host: string, client: Client, address: string, port: number, timeout: number): Promise<ClientChannel> => {
  const fail = (why: string) =>
    new PapergenError({ kind: 'host-unreachable', host, address: `${address}:${port}`, why })
  return opened(timeout, fail, done => client.forwardOut('127.0.0.1', 0, address, port, done))
}

const dialSocket = (host: string, client: Client, path: string): Promise<ClientChannel> => {
  const fail = (why: string) => new PapergenError({ kind: 'host-unreachable', host, address: path, why })
  return opened(5_000, fail, done => client.openssh_forwardOutStreamLocal(path, done))
}

/** Port 0: whichever is free there. */
const mayListen = (client: Client): Promise<boolean> =>
  new Promise(resolve => {
    client.forwardIn('127.0.0.1', 0, (error, port) => {
      if (error !== undefined) return resolve(false)
      client.unforwardIn('127.0.0.1', port, () => resolve(true))
    })
  })

const opened = (
  timeout: number,
  fail: (why: string) => PapergenError,
  start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(fail(`no answer within ${timeout / 1000} s`))
    }, timeout)
    start((error, channel) => {
      clearTimeout(timer)
      if (error !== undefined) return reject(fail(refusalWords(error)))
      if (late) return channel.destroy()
      channel.on('error', () => {}) // whoever reads from it is told by its end
      channel.once('end', () => channel.end()) // or `close` never comes
      resolve(channel)
    })
  })

/** What a forwarded connection was refused for (RFC 4254, 5.1): servers seldom say it in words. */
const refusalWords = (error: Error & { reason?: unknown }): string => {
  if (error.reason === 1) return 'the ssh server does not allow this connection'
  if (error.reason === 2) return 'connection refused'
  return error.message.replace(/^\(SSH\) Channel open failure: ?/, '') || 'the ssh server could not connect'
}
