import { describe, expect, it } from 'vitest';
import { Catalog, type NodeType, portsOf } from './catalog';
import type { FlowDocument, FlowNode } from './document';
import { apply, diff, toDocument, toUnits, type Units } from './draft';
import { graphOf, insert, move, moveRefusal, neighbourPlace, openEnds, reachable, remove } from './graph';
import { emptyHistory, record, redo, undo } from './history';
import { cardHeight, cardWidth, layout } from './layout';
import { copySteps, paste, readClip } from './steps';
import { walk } from './walk';

const named = (en: string) => ({ en, 'zh-CN': en });
const type = (key: string, group: NodeType['group'], more: Partial<NodeType> = {}): NodeType => ({
  type: key,
  v: 1,
  group,
  name: named(key),
  schema: { type: 'object' },
  defaults: {},
  ports: ['out'],
  ...more,
});
const catalog = new Catalog([
  type('trigger.date', 'trigger'),
  type('send', 'act', { sends: true }),
  type('wait', 'time', { waits: true }),
  type('waitFor', 'time', { ports: ['out', 'timeout'] }),
  type('loop', 'logic', { loops: true, ports: ['again', 'done'] }),
  type('end', 'act', { ports: [] }),
  type('branch', 'logic', {
    schema: { type: 'object', properties: { cases: { type: 'array', 'x-df-widget': 'cases' } } },
    defaults: { cases: [{ port: 'yes' }] },
    ports: ['yes', 'else'],
  }),
  type('task', 'act', {
    schema: { type: 'object', properties: { results: { type: 'array', 'x-df-widget': 'results' } } },
    optional: ['timeout'],
  }),
]);
const node = (key: string, cfg: FlowNode['cfg'] = {}): FlowNode => ({ type: key, v: 1, cfg });

const doc: FlowDocument = {
  format: 'dueflow.flow/1',
  key: 'f',
  name: named('F'),
  subject: { form: 'invoice', keyBy: 'invoice.id' },
  stopWhen: [
    { id: 'paid', when: {}, outcome: 'goal' },
    { id: 'disputed', when: {}, outcome: 'exit' },
  ],
  params: { mail: { type: 'template' } },
  nodes: {
    start: node('trigger.date'),
    tier: node('branch', { cases: [{ port: 'vip', label: named('VIP') }] }),
    call: node('task'),
    mail: node('send'),
    end: node('end'),
  },
  edges: [
    { from: 'start', to: 'tier' },
    { from: 'tier', port: 'vip', to: 'call' },
    { from: 'tier', port: 'else', to: 'mail' },
    { from: 'call', to: 'mail' },
    { from: 'mail', to: 'end' },
  ],
  layout: { pos: { start: [0, 0] }, notes: [{ id: 'n1', pos: [1, 2], text: 'hi' }] },
};
const units = toUnits(doc);

describe('units', () => {
  it('and documents turn into each other', () => {
    expect(toDocument(units, doc)).toEqual(doc);
    expect(units['edges/tier/vip']).toBe('call');
    expect(units.stopOrder).toEqual(['paid', 'disputed']);
  });

  it('keep what this editor does not know', () => {
    const odd = {
      ...doc,
      nodes: { ...doc.nodes, x: { type: 'future', v: 9, cfg: { a: [1] }, extra: true } as never },
    };
    expect(toDocument(toUnits(odd), odd)).toEqual(odd);
  });

  it('differ by the smallest operations', () => {
    const changed = apply(units, [
      { unit: 'name', value: named('G') },
      { unit: 'edges/call/out', value: null },
    ]);
    expect(diff(units, changed)).toEqual([
      { unit: 'name', value: named('G') },
      { unit: 'edges/call/out', value: null },
    ]);
    expect(diff(units, { ...units, name: { 'zh-CN': 'F', en: 'F' } })).toEqual([]);
    expect(apply(units, diff(units, changed))).toEqual(changed);
  });
});

describe('history', () => {
  it('joins typing and forgets what is too old', () => {
    let history = emptyHistory;
    let now: Units = units;
    for (let at = 0; at < 5; at++) {
      const next = apply(now, [{ unit: 'name', value: named(`typed ${at}`) }]);
      history = record(history, now, next, at * 700, 'name');
      now = next;
    }
    expect(history.past).toHaveLength(1);
    const back = undo(history, now);
    expect(back.units).toEqual(units);
    expect(redo(back.history, back.units).units).toEqual(now);
    for (let at = 0; at < 150; at++) {
      const next = apply(now, [{ unit: 'about', value: named(String(at)) }]);
      history = record(history, now, next, 10_000 + at * 1000);
      now = next;
    }
    expect(history.past).toHaveLength(100);
  });

  it('never takes back what a colleague did', () => {
    const mine = apply(units, [
      { unit: 'name', value: named('mine') },
      { unit: 'about', value: named('mine') },
    ]);
    const history = record(emptyHistory, units, mine, 0);
    const theirs = apply(mine, [{ unit: 'name', value: named('theirs') }]);
    const back = undo(history, theirs).units;
    expect(back.name).toEqual(named('theirs'));
    expect(back.about).toBeUndefined();
  });
});

describe('graph', () => {
  const graph = graphOf(units, catalog);

  it('knows ports by settings', () => {
    expect(portsOf(doc.nodes.tier!, catalog.of(doc.nodes.tier))).toEqual({
      required: ['vip', 'else'],
      optional: [],
    });
    expect(portsOf(node('future'), undefined, ['a'])).toEqual({ required: ['a'], optional: [] });
    const task = node('task', { results: [{ key: 'reached' }] });
    expect(portsOf(task, catalog.of(task)).optional).toEqual(['reached', 'timeout']);
    expect(graph.trigger).toBe('start');
  });

  it('puts a step between two others', () => {
    const { units: after, id } = insert(units, catalog, catalog.of(node('wait'))!, {
      from: 'tier',
      port: 'else',
    });
    expect(after['edges/tier/else']).toBe(id);
    expect(after[`edges/${id}/out`]).toBe('mail');
  });

  it('leads every way of a new branch to what came after', () => {
    const { units: after, id } = insert(units, catalog, catalog.of(node('branch'))!, {
      from: 'mail',
      port: 'out',
    });
    expect([after[`edges/${id}/yes`], after[`edges/${id}/else`]]).toEqual(['end', 'end']);
    expect(openEnds(graphOf(after, catalog))).toEqual([]);
    const loop = insert(units, catalog, catalog.of(node('loop'))!, { from: 'mail', port: 'out' });
    expect(openEnds(graphOf(loop.units, catalog))).toEqual([{ from: loop.id, port: 'again' }]);
  });

  it('joins around a removed step and takes along what only it led to', () => {
    const one = remove(units, catalog, ['mail']);
    expect(one.units['edges/tier/else']).toBe('end');
    expect(one.units['edges/call/out']).toBe('end');
    expect(one.also).toEqual([]);
    const two = remove(units, catalog, ['tier']);
    expect(two.units['edges/start/out']).toBe('mail');
    expect(two.also).toEqual(['call']);
    expect(diff(two.units, units).length).toBeGreaterThan(0);
  });

  it('moves a step and says why not', () => {
    const moved = graphOf(move(units, catalog, 'call', { from: 'mail', port: 'out' }), catalog);
    expect(moved.next.get('tier')?.get('vip')).toBe('mail');
    expect(moved.next.get('mail')?.get('out')).toBe('call');
    expect(moved.next.get('call')?.get('out')).toBe('end');
    expect(moveRefusal(graph, 'start')).toBe('trigger');
    expect(moveRefusal(graph, 'tier')).toBe('branches');
    expect(moveRefusal(graph, 'call', { from: 'call', port: 'out' })).toBe('itself');
    expect(moveRefusal(graph, 'end', { from: 'start', port: 'out' })).toBe('end');
    expect(neighbourPlace(graph, 'call', 'down')).toEqual({ from: 'mail', port: 'out' });
    expect(neighbourPlace(graph, 'call', 'up')).toEqual({ from: 'start', port: 'out' });
  });

  it('copies steps as JSON and pastes them under new names', () => {
    const clip = copySteps(units, catalog, ['start', 'call', 'mail'])!;
    expect(Object.keys(clip.nodes)).toEqual(['call', 'mail']);
    const read = readClip(JSON.stringify(clip))!;
    const pasted = paste(units, catalog, read, { from: 'mail', port: 'out' });
    expect(pasted.ids).toHaveLength(2);
    const after = graphOf(pasted.units, catalog);
    expect(reachable(after).size).toBe(7);
    expect(openEnds(after)).toEqual([]);
    for (const bad of [
      '',
      'null',
      '{}',
      '[1]',
      '{"format":"dueflow.steps/1","nodes":{"a/b":{"type":"x","v":1}}}',
    ])
      expect(readClip(bad)).toBeUndefined();
  });
});

describe('layout', () => {
  it('gives branches lanes and centres their join', () => {
    const graph = graphOf(units, catalog);
    const { boxes, rows } = layout(graph);
    expect(rows).toEqual([['start'], ['tier'], ['call'], ['mail'], ['end']]);
    expect(boxes.get('mail')?.x).toBe(boxes.get('tier')?.x);
    expect(walk(graph, layout(graph), 'tier', 'down')).toBe('mail');
    expect(walk(graph, layout(graph), 'mail', 'up')).toBe('tier');
  });

  it('never lets two steps overlap, in any flow', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 60; round++) {
      let now: Units = apply({}, [{ unit: 'nodes/start', value: node('trigger.date') }]);
      for (let at = 0; at < 40; at++) {
        const graph = graphOf(now, catalog);
        const places = [...graph.ports].flatMap(([from, { required }]) =>
          required.map((port) => ({ from, port })),
        );
        const kinds = ['send', 'wait', 'branch', 'waitFor', 'loop', 'task'];
        const place = places[random(places.length)];
        const kind = catalog.of(node(kinds[random(kinds.length)]!));
        if (place && kind) now = insert(now, catalog, kind, place).units;
        const ids = Object.keys(graph.nodes).filter((id) => id !== 'start');
        if (random(6) === 0 && ids.length) now = remove(now, catalog, [ids[random(ids.length)]!]).units;
        // Somebody wires two steps by hand, also backwards.
        if (random(9) === 0 && ids.length > 1)
          now = apply(now, [
            { unit: `edges/${ids[random(ids.length)]}/out`, value: ids[random(ids.length)] },
          ]);
      }
      const graph = graphOf(now, catalog);
      const { boxes } = layout(graph);
      expect(boxes.size).toBe(Object.keys(graph.nodes).length);
      const all = [...boxes.values()];
      for (const [at, a] of all.entries())
        for (const b of all.slice(at + 1))
          expect(Math.abs(a.x - b.x) >= cardWidth || Math.abs(a.y - b.y) >= cardHeight).toBe(true);
    }
  });

  it('is quick with 500 steps', () => {
    let now: Units = apply({}, [{ unit: 'nodes/start', value: node('trigger.date') }]);
    let place = { from: 'start', port: 'out' };
    const ops = [];
    for (let at = 0; at < 500; at++) {
      ops.push({ unit: `nodes/s${at}`, value: node(at % 10 ? 'send' : 'branch') });
      ops.push({ unit: `edges/${place.from}/${place.port}`, value: `s${at}` });
      place = { from: `s${at}`, port: at % 10 ? 'out' : 'else' };
    }
    now = apply(now, ops);
    const graph = graphOf(now, catalog);
    const began = performance.now();
    expect(layout(graph).rows).toHaveLength(501);
    expect(performance.now() - began).toBeLessThan(300);
  });
});
