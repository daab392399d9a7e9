import type { EdgeEntry, GpuEntry } from '../../src/core/entry.ts'
import { PapergenError } from '../../src/core/errors.ts'
import type { Prober } from '../../src/core/ports.ts'
import { edgeProbe, edgeState, lockedBy, pendingOf, pendingProblem, unexpected } from './fake-values.ts'
import type { FakeWorld } from './fake-world.ts'

/** The two entry points and the probes over the world in memory. */

export const fakeGpuEntry = (fake: FakeWorld): GpuEntry => {
  return {
    hello: () => fake.call('gpu.hello', () => ({ protocol: 1, version: '0.1.0', policy: fake.policy })),
    begin: begin =>
      fake.call(`gpu.begin ${begin.op}`, () => {
        if (fake.gpuLock !== null) throw new PapergenError(lockedBy('son-pro6000'))
        if (fake.gpuJournal !== null) throw new PapergenError(pendingProblem(fake.gpuJournal.begin))
        fake.gpuLock = begin.op
        fake.gpuJournal = { begin, units: new Map(), touched: new Set() }
      }),
    resume: begin =>
      fake.call(`gpu.resume ${begin.op}`, () => {
        if (fake.gpuLock !== null) throw new PapergenError(lockedBy('son-pro6000'))
        fake.gpuLock = begin.op
        fake.gpuJournal ??= { begin, units: new Map(), touched: new Set() }
      }),
    pending: () =>
      fake.call('gpu.pending', () => pendingOf(fake.gpuLock === null ? (fake.gpuJournal?.begin ?? null) : null)),
    undo: () =>
      fake.call('gpu.undo', () => {
        fake.needsGpuLock()
        for (const name of [...(fake.gpuJournal?.units.keys() ?? [])].reverse()) fake.undoUnit(name)
      }),
    end: () =>
      fake.call('gpu.end', () => {
        if (fake.gpuLock !== null) fake.gpuJournal = null
        fake.gpuLock = null
      }),
    exposure: () => fake.call('gpu.exposure', () => fake.exposure),
    holder: () => fake.call('gpu.holder', () => fake.gpuLock),
    close: () => fake.call('gpu.close', () => fake.closeGpu()),
    writeUnit: (name, port, release) =>
      fake.call(`gpu.writeUnit ${name} ${port} ${release}`, () => {
        fake.recordUnit(name)
        const former = fake.units.get(name)
        const rest = former ?? { enabled: false, active: false, serving: null }
        fake.units.set(name, { ...rest, port, release, origin: 'ours' })
      }),
    startUnit: name =>
      fake.call(`gpu.startUnit ${name}`, () => {
        fake.needsGpuLock()
        fake.touchUnit(name)
        const unit = fake.units.get(name)!
        unit.serving ??= { port: unit.port, release: unit.release }
        unit.active = true
        unit.enabled ||= !name.endsWith('--next')
        delete unit.unread
      }),
    restartUnit: name =>
      fake.call(`gpu.restartUnit ${name}`, () => {
        fake.needsGpuLock()
        fake.touchUnit(name)
        const unit = fake.units.get(name)!
        fake.disturb(`restartUnit ${name}`, unit, () => {
          unit.serving = { port: unit.port, release: unit.release }
          unit.active = true
        })
      }),
    removeUnit: name =>
      fake.call(`gpu.removeUnit ${name}`, () => {
        fake.recordUnit(name)
        fake.disturb(`removeUnit ${name}`, fake.units.get(name), () => fake.units.delete(name))
      }),
    undoUnit: name =>
      fake.call(`gpu.undoUnit ${name}`, () => {
        fake.needsGpuLock()
        fake.undoUnit(name)
      }),
    listener: (name, port) =>
      fake.call(`gpu.listener ${name} ${port}`, () => {
        if (fake.strangers.has(port)) return { kind: 'foreign', pid: 4711, name: 'nc' }
        for (const [other, unit] of fake.units)
          if (unit.serving?.port === port)
            return other === name ? { kind: 'unit' } : { kind: 'foreign', pid: 4712, name: 'marimo' }
        return { kind: 'nobody' }
      }),
  }
}

export const fakeEdgeEntry = (fake: FakeWorld): EdgeEntry => {
  return {
    hello: () => fake.call('edge.hello', () => ({ protocol: 1, version: '0.1.0', policy: {} })),
    begin: begin =>
      fake.call(`edge.begin ${begin.op}`, () => {
        if (fake.edgeLock !== null) throw new PapergenError(lockedBy('son-wtr'))
        fake.edgeLock = begin.op
        fake.edgeJournal = { begin, routes: new Map(fake.routes), index: fake.index, final: false }
      }),
    resume: begin =>
      fake.call(`edge.resume ${begin.op}`, () => {
        if (fake.edgeLock !== null) throw new PapergenError(lockedBy('son-wtr'))
        fake.edgeLock = begin.op
        fake.edgeJournal ??= { begin, routes: new Map(fake.routes), index: fake.index, final: false }
      }),
    pending: () => fake.call('edge.pending', () => null),
    undo: () =>
      fake.call('edge.undo', () => {
        fake.needsEdgeLock()
        fake.putEdgeBack()
      }),
    end: () =>
      fake.call('edge.end', () => {
        if (fake.edgeLock === null) return
        fake.confirmed.delete(fake.edgeLock)
        fake.edgeJournal = null
        fake.edgeLock = null
      }),
    exposure: () => fake.call('edge.exposure', () => fake.exposure),
    holder: () => fake.call('edge.holder', () => fake.edgeLock),
    close: () => fake.call('edge.close', () => fake.closeEdge()),
    state: () => fake.call('edge.state', () => ({ ...edgeState, nginx: fake.nginx })),
    snippets: () => fake.call('edge.snippets', () => [...fake.routes].map(([name, { text }]) => ({ name, text }))),
    index: () => fake.call('edge.index', () => fake.index),
    setRoute: (id, port) =>
      fake.call(`edge.setRoute ${id} ${port}`, () => {
        fake.needsEdgeLock()
        fake.routes.set(id, { port, text: `snippet ${id} to ${port}` })
        fake.unloaded.delete(id)
      }),
    dropRoute: id =>
      fake.call(`edge.dropRoute ${id}`, () => {
        fake.needsEdgeLock()
        if (fake.edgeJournal!.begin.operation === 'unpublish') fake.edgeJournal!.final = true
        fake.routes.delete(id)
      }),
    setIndex: fragment =>
      fake.call('edge.setIndex', () => {
        fake.needsEdgeLock()
        fake.index = fragment
      }),
    hold: () => fake.call('edge.hold', () => fake.needsEdgeLock()),
    confirm: () =>
      fake.call('edge.confirm', () => {
        fake.needsEdgeLock()
        fake.confirmed.add(fake.edgeLock!)
        fake.edgeJournal!.final = true
      }),
    outcome: op =>
      fake.call(`edge.outcome`, () =>
        fake.confirmed.has(op) ? 'confirmed' : fake.edgeJournal?.begin.op === op ? 'pending' : 'none',
      ),
    log: unexpected('edge.log'),
  }
}

export const fakeProber = (fake: FakeWorld): Prober => {
  return {
    local: (id, port, signal) =>
      fake.call(`prober.local ${id} ${port}`, () => {
        signal?.throwIfAborted()
        const ok = fake.isServing(port) !== null
        return { ok, status: ok ? 200 : null, ms: 1, viewers: ok ? 2 : null, error: ok ? null : 'refused' }
      }),
    lan: (id, port, signal) =>
      fake.call(`prober.lan ${id} ${port}`, () => {
        signal?.throwIfAborted()
        const ok = fake.isServing(port) !== null
        return { ok, ms: 1, error: ok ? null : 'refused' }
      }),
    here: (id, port) =>
      fake.call(`prober.here ${id} ${port}`, () => {
        const ok = fake.isReachedHere && fake.isServing(port) !== null
        return { ok, ms: 1, error: ok ? null : 'no answer' }
      }),
    public: (id, options) =>
      fake.call(`prober.public ${id}`, () => {
        options?.signal?.throwIfAborted()
        if (!fake.routes.has(id) || fake.unloaded.has(id)) return edgeProbe('client-error', 404, null)
        return fake.isLive(id) ? edgeProbe('ok', 200, fake.hasWebSocket) : edgeProbe('bad-gateway', 502, null)
      }),
  }
}
