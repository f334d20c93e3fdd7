import { ApiError } from '@/shared/api/client';
import { onBack } from '@/shared/api/useLive';
import { type ConflictProblem, inspect, patchDraft, readDraft, readNews } from '../api/designer';
import { toDocument, toUnits } from '../model/draft';
import {
  acknowledge,
  begin,
  collide,
  failed,
  isClean,
  pending,
  receive,
  restart,
  restore,
} from '../model/sync';
import type { DesignerStore, SaveState } from './designer';
import type { Drawer } from './drawer';

const settle = 600;
const look = 450;

/**
 * Carries edits to the server: one request at a time, a little after the last keystroke, again and again until
 * they are stored. What is not stored yet lies in the drawer, so that a closed tab loses nothing.
 */
export class Saver {
  private timer?: ReturnType<typeof setTimeout>;
  private lookTimer?: ReturnType<typeof setTimeout>;
  private looking = false;
  private lookAgain = false;
  private tries = 0;
  private stopped = false;
  private reading = false;
  private readAgain = false;
  private lost = false;

  constructor(
    private readonly store: DesignerStore,
    private readonly drawer: Drawer,
    private readonly me: string,
    private readonly publishChanged: () => void,
  ) {}

  start(): () => void {
    let { local, conflicts } = this.store.getState().sync;
    const unsubscribe = this.store.subscribe(({ sync }) => {
      const edited = sync.local !== local;
      const decided = sync.conflicts.length < conflicts.length;
      ({ local, conflicts } = sync);
      if (edited || decided) this.changed();
    });
    const wake = () => {
      if (document.visibilityState !== 'hidden') this.wake();
    };
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    const deaf = onBack(() => this.wake());
    const leave = () => this.drawer.leave();
    window.addEventListener('pagehide', leave);
    void this.recover();
    void this.inspect();
    return () => {
      this.stopped = true;
      unsubscribe();
      deaf();
      clearTimeout(this.timer);
      clearTimeout(this.lookTimer);
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('pagehide', leave);
      void this.flush().finally(() => this.drawer.leave());
    };
  }

  /** The server may be there again: asks at once instead of waiting for the next try. */
  private wake() {
    this.tries = 0;
    this.schedule(0);
    void this.news();
    void this.inspect();
  }

  /** Sends what is left, for somebody who needs the server to know everything now. */
  async flush(): Promise<boolean> {
    for (let round = 0; round < 4; round++) {
      clearTimeout(this.timer);
      await this.send();
      if (isClean(this.store.getState().sync)) return true;
    }
    return false;
  }

  private changed() {
    const { sync } = this.store.getState();
    this.keep();
    if (!isClean(sync)) {
      this.say(this.tries > 0 ? this.offline() : { kind: 'saving' });
      if (this.tries === 0) this.schedule(settle);
    }
    clearTimeout(this.lookTimer);
    this.lookTimer = setTimeout(() => void this.inspect(), look);
  }

  /** Puts what is unsaved into the drawer, also to show that this tab is still there. */
  keep() {
    const { sync } = this.store.getState();
    const ops = [...pending({ ...sync, conflicts: [] })];
    this.lost = !this.drawer.keep(sync.sending?.base ?? sync.revision, ops);
  }

  private schedule(wait: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), wait);
  }

  private offline = (): SaveState => ({ kind: 'offline', lost: this.lost });

  private say(save: SaveState) {
    const now = this.store.getState().save;
    if (now.kind !== save.kind || now.text !== save.text || now.lost !== save.lost)
      this.store.setState({ save });
  }

  private async send() {
    const { key, mine, sync: before, readOnly } = this.store.getState();
    if (before.sending || readOnly) return;
    const sync = begin(before);
    if (!sync.sending) {
      if (isClean(sync)) this.say({ kind: 'saved' });
      return;
    }
    this.store.getState().hear(sync);
    try {
      const { revision, changed } = await patchDraft(key, mine, sync.sending.base, sync.sending.ops);
      this.tries = 0;
      this.store.getState().hear(acknowledge(this.store.getState().sync, revision, changed ?? [], this.me));
    } catch (error) {
      return this.refused(error);
    }
    this.keep();
    if (this.stopped) return;
    if (pending(this.store.getState().sync).length) this.schedule(settle);
    else this.say({ kind: isClean(this.store.getState().sync) ? 'saved' : 'refused' });
  }

  private refused(error: unknown) {
    const { sync, hear } = this.store.getState();
    const problem = error instanceof ApiError ? (error.problem as ConflictProblem) : undefined;
    if (error instanceof ApiError && error.status === 409 && problem?.conflicts) {
      hear(
        collide(sync, problem.conflicts, problem.revision ?? sync.revision, problem.changed ?? [], this.me),
      );
      this.keep();
      this.say({ kind: 'refused' });
      if (pending(this.store.getState().sync).length) this.schedule(0);
      return;
    }
    hear(failed(sync));
    this.keep();
    if (error instanceof ApiError && error.status === 409) {
      // Too far behind to be judged: read anew, then try again.
      void this.news().then(() => this.schedule(settle));
      return;
    }
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 422 || status === 403 || status === 404 || status === 413) {
      const text = problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title;
      this.say({ kind: 'refused', text });
      return;
    }
    this.tries++;
    this.say(this.offline());
    if (!this.stopped) this.schedule(Math.min(20_000, 700 * 2 ** Math.min(this.tries, 5)));
  }

  /** What others changed since we last heard. */
  async news(): Promise<void> {
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = true;
    try {
      const { key, mine, sync } = this.store.getState();
      const news = await readNews(key, mine, sync.revision);
      const { sync: now, hear } = this.store.getState();
      if (news.reset && news.document) hear(restart(now, toUnits(news.document), news.revision));
      else if (news.changed?.length || news.revision > now.revision)
        hear(receive(now, news.changed ?? [], news.revision, this.me));
      if (this.stopped) return;
      const { sync: then } = this.store.getState();
      if (pending(then).length && !then.sending) this.schedule(settle);
      else if (isClean(then)) this.say({ kind: 'saved' });
    } catch {
      // The next event, or waking up, asks again.
    } finally {
      this.reading = false;
    }
    if (this.readAgain) {
      this.readAgain = false;
      return this.news();
    }
  }

  /** Who wrote, and what is live: it changes with every publish. */
  async reread() {
    const { key, mine } = this.store.getState();
    try {
      this.store.setState({ draft: await readDraft(key, mine) });
      this.publishChanged();
    } catch {
      // Shown again with the next change.
    }
  }

  private async recover() {
    for (const { base, ops } of this.drawer.found()) {
      const { key, mine, sync } = this.store.getState();
      let changed: Parameters<typeof restore>[2] = [];
      try {
        if (base < sync.revision) changed = (await readNews(key, mine, base)).changed ?? [];
      } catch {
        // Without the story in between, the edits are laid over the draft as it is.
      }
      const { sync: now, hear } = this.store.getState();
      hear(restore(now, ops, changed, this.me));
      this.keep();
      this.schedule(0);
    }
  }

  /** Asks for issues, sentences and ports, one question at a time; the last one is about what is on screen. */
  async inspect() {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.looking = true;
    const { sync, head } = this.store.getState();
    try {
      const inspection = await inspect(toDocument(sync.local, head));
      if (!this.stopped) this.store.setState({ inspection });
    } catch {
      // The last findings stay; the next edit asks again.
    } finally {
      this.looking = false;
    }
    if (!this.lookAgain || this.stopped) return;
    this.lookAgain = false;
    void this.inspect();
  }
}
