/** Which screen stands on the page: by address, by who we are, and with the consent of the screen that is left. */

import { html, nothing, render } from 'lit';
import { findByScan } from '../store/snapshot.js';
import { updateWhenSafe } from '../sync/update_consent.js';
import { appState, onState, setState } from '../ui/state.js';
import { onWords, t } from '../ui/words.js';
import { BindScreen } from './bind.js';
import { CapturesScreen } from './captures.js';
import { CountingScreen } from './counting.js';
import { DoneScreen } from './done.js';
import { EnrolScreen } from './enrol.js';
import { FreightScreen } from './freight.js';
import { GateScreen } from './gate_in.js';
import { ParcelScreen } from './parcel.js';
import { PhoneSettingsScreen } from './phone_settings.js';
import { films, inspectingView } from './inspecting.js';
import { bindPath, parcelPath, routeOf } from './routes.js';
import { ScanScreen } from './scan.js';
import { ShiftScreen } from './shift.js';
import { UnidentifiedScreen } from './unidentified.js';
import { WorklistScreen } from './worklist.js';

/** @typedef {import('../ui/view.js').View} View */
/** @typedef {import('./routes.js').Route} Route */

export class Shell {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @private */ this.root = root;
    /** @private @type {View | null} */ this.view = null;
    /** @private */ this.path = location.pathname + location.search;
    /** @private The first address may be a reload in the middle of a count: a camera never starts by itself. */
    this.first = true;
    root.replaceChildren();
    root.addEventListener('dp-go', (event) => {
      const { path, replace } = /** @type {CustomEvent<{ path: string, replace: boolean }>} */ (event).detail;
      void this.go(path, { replace });
    });
    window.addEventListener('popstate', () => void this.popped());
    onState(() => this.draw());
    onWords(() => this.draw());
  }

  /**
   * @param {string} path
   * @param {{ replace?: boolean }} [options]
   */
  async go(path, { replace = false } = {}) {
    if (this.view && !(await this.view.mayLeave())) return;
    if (replace) history.replaceState(null, '', path);
    else if (path !== this.path) history.pushState(null, '', path);
    await this.show();
  }

  /** The back button: the address has changed already, so a refusal puts it back. @private */
  async popped() {
    const kept = this.path;
    if (this.view && !(await this.view.mayLeave())) {
      // A refused screen may have gone on by itself meanwhile.
      if (this.path === kept) history.pushState(null, '', kept);
      return;
    }
    await this.show();
  }

  /** Shows what the address says. */
  async show() {
    this.path = location.pathname + location.search;
    const view = await this.viewFor(routeOf(this.path));
    this.first = false;
    this.view = view;
    this.draw();
    document.title = t('phone.title');
    this.root.focus({ preventScroll: true });
  }

  /** @private @param {Route} route @returns {Promise<View>} */
  async viewFor(route) {
    const { site, worker } = appState();
    if (!site || route.screen === 'enrol') return new EnrolScreen();
    if (route.screen === 'captures') return new CapturesScreen();
    if (route.screen === 'this-phone') return new PhoneSettingsScreen();
    if (!worker) return new ShiftScreen();
    if (route.screen === 'label') {
      const found = await findByScan(route.code);
      if (found.kind === 'parcel') this.replaceWith(parcelPath(found.parcel.id, { voided: found.voided }));
      else this.replaceWith(found.kind === 'blank' ? bindPath(found.code) : '/scan');
      return this.viewFor(routeOf(this.path));
    }
    if (route.screen === 'gate') return new GateScreen();
    if (route.screen === 'freight') return new FreightScreen();
    if (route.screen === 'list') return Object.assign(new WorklistScreen(), { list: route.list });
    if (route.screen === 'hold') return Object.assign(new UnidentifiedScreen(), { text: route.code });
    if (route.screen === 'bind') return Object.assign(new BindScreen(), { text: route.code });
    if ((route.screen === 'count' || (route.screen === 'guided' && films(route.slot))) && this.first) {
      this.replaceWith(parcelPath(route.parcel));
      return this.viewFor(routeOf(this.path));
    }
    if (route.screen === 'count') return Object.assign(new CountingScreen(), { parcelId: route.parcel });
    const inspecting = inspectingView(route);
    if (inspecting) return inspecting;
    if (route.screen === 'done') {
      return Object.assign(new DoneScreen(), { parcelId: route.parcel, takeId: route.take, cut: route.cut });
    }
    if (route.screen === 'parcel') {
      return Object.assign(new ParcelScreen(), { parcelId: route.parcel, voided: route.voided });
    }
    return new ScanScreen();
  }

  /** @private @param {string} path */
  replaceWith(path) {
    history.replaceState(null, '', path);
    this.path = path;
  }

  /** @private */
  draw() {
    if (!this.view) return;
    render(html`${this.banner()}${this.view}`, this.root);
  }

  /** @private */
  banner() {
    const { updateReady, recording, interrupted, trouble } = appState();
    if (recording) return nothing;
    if (trouble) return html`<div class="banner" role="alert"><p>${t(trouble)}</p></div>`;
    if (interrupted > 0) {
      return bannerWith(t('phone.interrupted', { n: interrupted }), t('phone.ok'), () => setState({ interrupted: 0 }));
    }
    if (!updateReady) return nothing;
    return bannerWith(t('phone.update_ready'), t('phone.update_now'), () => void updateWhenSafe());
  }
}

/** @param {string} words @param {string} button @param {() => void} onPress */
function bannerWith(words, button, onPress) {
  return html`<div class="banner" role="status"><p>${words}</p>
    <button type="button" @click=${onPress}>${button}</button></div>`;
}
