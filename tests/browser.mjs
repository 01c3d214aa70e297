// Drives Chromium, one context a visitor, and Firefox on behalf of the tests. The argument is the certificate
// of the one authority that they trust besides those that they came with.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import * as firefox from './firefox.mjs';
import { answer } from './lines.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const patience = 45_000;

// Browsers can wait, and a gateway beside them takes half a second without an answer for a store that is down.
setPriority(10);

const home = await mkdtemp(join(tmpdir(), 'usher-test-'));
await writeFile(join(home, 'authority.pem'), process.argv[2]);
// Files in use are written on for a moment.
const remove = (directory) => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

// Mozilla's store of certificates: a profile's in Firefox, one below the home in Chromium.
async function trust(store) {
  await mkdir(store, { recursive: true });
  const certutil = promisify(execFile).bind(null, 'certutil');
  await certutil(['-N', '-d', `sql:${store}`, '--empty-password']);
  await certutil(['-A', '-d', `sql:${store}`, '-n', 'tests', '-t', 'C,,', '-i', join(home, 'authority.pem')]);
}
await trust(join(home, '.pki/nssdb'));

const settings = {
  env: { ...process.env, HOME: home },
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ],
};
const browser = await chromium.launch(settings);
const visitors = new Map();
const pages = new Map();
// Visitors whose browsers run no script.
const scriptless = new WeakSet();

const answerOf = (response) => (response && { status: response.status(), headers: response.headers() });

async function adopt(page) {
  const id = `page-${pages.size + 1}`;
  page.setDefaultTimeout(patience);
  const problems = [];
  // A CSP that stops our own page, a script that fails: both are ours to know of.
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  // Servers of vendors that are not there: what a page wants to open is all that matters.
  const dialled = new Promise((dial) => {
    // A window may have closed by now.
    page.routeWebSocket(/^wss:/, (socket) => dial(socket.url())).catch(() => {});
  });
  pages.set(id, { page, problems, dialled });
  return id;
}

// A browser with a preference that no flag and no incognito context can have.
async function lenient(wishes, cookieless) {
  const own = await mkdtemp(join(home, 'profile-'));
  await mkdir(join(own, 'Default'));
  const profile = {
    cookie_controls_mode: 0, block_third_party_cookies: false,
    content_settings: { exceptions: { cookies: cookieless ? { [cookieless]: { setting: 2 } } : {} } },
  };
  await writeFile(join(own, 'Default', 'Preferences'), JSON.stringify({ profile }));
  const context = await chromium.launchPersistentContext(own, { ...settings, ...wishes });
  context.on('close', () => remove(own).catch(() => {}));
  return context;
}

function receive(context) {
  const id = `visitor-${visitors.size + 1}`;
  visitors.set(id, context);
  return id;
}

async function fox(wishes) {
  const own = await mkdtemp(join(home, 'profile-'));
  await trust(own);
  const context = await firefox.launch(own, { env: settings.env, ...wishes });
  context.on('close', () => remove(own).catch(() => {}));
  return context;
}

const at = (id) => pages.get(id).page;
const framed = (id, deep = 1) => Array.from({ length: deep }).reduce((found) => found.frameLocator('iframe').first(), at(id));
const settled = (page, frame) =>
  frame.url() || at(page).waitForEvent('framenavigated', (other) => other === frame);

answer({
  // A visitor with a browser profile of their own: `{ colorScheme, locale, width, height, script, timezone }`.
  // `popups: false` blocks every new window, and `thirdParty` allows cookies that are kept from other sites'
  // frames otherwise, but for a pair of patterns in `cookieless`.
  async visitor({
    colorScheme = 'light', locale = 'en-GB', width = 1280, height = 900, script = true, timezone, popups = true,
    thirdParty = false, cookieless, time,
  }) {
    const wishes = {
      colorScheme, locale, viewport: { width, height }, javaScriptEnabled: script, timezoneId: timezone, bypassCSP: false,
    };
    const context = await (thirdParty ? lenient(wishes, cookieless) : browser.newContext(wishes));
    // Its pages' clocks begin at `time`, go on as ours does, and can be moved.
    if (time) await context.clock.install({ time });
    if (!script) scriptless.add(context);
    if (!popups) await context.addInitScript(() => { globalThis.open = () => null; });
    return receive(context);
  },
  // One in Firefox; other sites' cookies are kept apart for each site around, or blocked altogether.
  visitor_in_firefox: async ({ blocked }) => receive(await fox({ blocked })),
  leave: async ({ visitor }) => visitors.get(visitor).close(),
  tab: async ({ visitor }) => adopt(await visitors.get(visitor).newPage()),
  open: async ({ page, url }) => answerOf(await at(page).goto(url)),
  reload: async ({ page }) => answerOf(await at(page).reload()),
  // The back/forward cache gives no response.
  back: async ({ page }) => answerOf(await at(page).goBack()),
  async click({ page, selector }) {
    await at(page).locator(selector).first().click();
    // A window may close behind a click.
    await at(page).waitForLoadState('load').catch((error) => { if (!at(page).isClosed()) throw error; });
  },
  async click_to_tab({ page, selector }) {
    const opened = at(page).waitForEvent('popup');
    await at(page).locator(selector).first().click();
    const tab = await opened;
    await tab.waitForLoadState('load');
    return adopt(tab);
  },
  // That may be a frame's entry, which is no navigation of the page.
  back_in_frame: async ({ page }) => at(page).evaluate(() => history.back()),
  // In the innermost frame of a page.
  see_framed: async ({ page, text, deep }) => framed(page, deep).getByText(text).first().waitFor(),
  text_framed: async ({ page, selector }) => framed(page).locator(selector).first().innerText(),
  click_framed: async ({ page, selector, deep }) => framed(page, deep).locator(selector).first().click(),
  async click_framed_to_tab({ page, selector, deep }) {
    const opened = at(page).waitForEvent('popup');
    await framed(page, deep).locator(selector).first().click();
    return adopt(await opened);
  },
  // A click of a real pointer where something in the frame stands, whatever lies over it.
  async click_through_to_tab({ page, selector }) {
    const { x, y, width, height } = await framed(page).locator(selector).first().boundingBox();
    const opened = at(page).waitForEvent('popup');
    await at(page).mouse.click(x + width / 2, y + height / 2);
    return adopt(await opened);
  },
  async frames({ page }) {
    const frames = at(page).frames().slice(1);
    await Promise.all(frames.map((frame) => settled(page, frame)));
    return frames.map((frame) => frame.url());
  },
  async arrive_framed({ page, pattern }) {
    const there = () => new RegExp(pattern).test(at(page).frames().at(-1).url());
    if (!there()) await at(page).waitForEvent('framenavigated', there);
  },
  async innermost({ page, deep }) {
    let frame = at(page).mainFrame();
    for (; deep > 0; deep -= 1) {
      const inner = () => frame.childFrames().at(-1);
      frame = inner() ?? await at(page).waitForEvent('frameattached', () => inner()).then(inner);
    }
    await settled(page, frame);
    return frame.url();
  },
  async closed({ page }) {
    if (!at(page).isClosed()) await at(page).waitForEvent('close');
  },
  fill: async ({ page, selector, text }) => at(page).locator(selector).first().fill(text),
  press: async ({ page, key }) => at(page).keyboard.press(key),
  async press_to_tab({ page, key }) {
    const opened = at(page).waitForEvent('popup');
    await at(page).keyboard.press(key);
    return adopt(await opened);
  },
  arrive: async ({ page, pattern }) => at(page).waitForURL(new RegExp(pattern), { timeout: patience }),
  see: async ({ page, text }) => at(page).getByText(text).first().waitFor(),
  url: async ({ page }) => at(page).url(),
  history: async ({ page }) => at(page).evaluate(() => history.length),
  title: async ({ page }) => at(page).title(),
  text: async ({ page }) => at(page).locator('body').innerText(),
  count: async ({ page, selector }) => at(page).locator(selector).count(),
  count_framed: async ({ page, selector, deep }) => framed(page, deep).locator(selector).count(),
  attribute: async ({ page, selector, name }) => at(page).locator(selector).first().getAttribute(name),
  focused: async ({ page }) => at(page).evaluate(() => document.activeElement?.outerHTML ?? ''),
  html_lang: async ({ page }) => at(page).evaluate(() => document.documentElement.lang),
  overflow: async ({ page, framed: inside = false }) => (inside ? at(page).frames().at(-1) : at(page)).evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ),
  // What can be used, and is wider than the sheet around it.
  spilt: async ({ page }) => at(page).evaluate(() => {
    const right = (found) => found.getBoundingClientRect().right;
    const all = [...document.querySelectorAll('.sheet :is(a, button, input, select, textarea)')];
    const spilt = all.filter((found) => found.checkVisibility() && right(found) > right(found.closest('.sheet')) + 1);
    return spilt.map((found) => found.outerHTML);
  }),
  // Links, buttons and fields that the Tab key leaves out: twice around, since a page may take the focus while
  // the first is under way.
  async beyond_the_keyboard({ page }) {
    const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const count = await at(page).evaluate((selector) => {
      document.activeElement?.blur();
      const all = [...document.querySelectorAll(selector)];
      // Of radio buttons with one name, arrows reach the others.
      const twin = (found) => found.type === 'radio' && all.find((other) => other.name === found.name) !== found;
      globalThis.sought = all.filter((found) => !found.disabled && !twin(found) && found.checkVisibility({ visibilityProperty: true }));
      return sought.length;
    }, usable);
    // Outside the page is one place more.
    const met = new Set([-1]);
    for (let pressed = 0; pressed <= 2 * count + 1 && met.size <= count; pressed += 1) {
      await at(page).keyboard.press('Tab');
      met.add(await at(page).evaluate(() => sought.indexOf(document.activeElement)));
    }
    const missed = Array.from({ length: count }, (_, index) => index).filter((index) => !met.has(index));
    return at(page).evaluate((indices) => indices.map((index) => sought[index].outerHTML), missed);
  },
  problems: async ({ page }) => pages.get(page).problems,
  dialled: ({ page }) => Promise.race([
    pages.get(page).dialled,
    new Promise((_, fail) => { setTimeout(fail, patience, new Error('no web socket was opened')).unref(); }),
  ]),
  cookies: async ({ visitor }) => visitors.get(visitor).cookies(),
  clear_cookies: async ({ visitor }) => visitors.get(visitor).clearCookies(),
  // A page of somebody else's at `url` (a glob), for links and frames that are not ours.
  async foreign({ visitor, url, html }) {
    await visitors.get(visitor).route(url, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  },
  evaluate: async ({ page, script }) => at(page).evaluate(script),
  evaluate_framed: async ({ page, script }) => at(page).frames().at(-1).evaluate(script),
  found: async ({ page, selector }) => at(page).locator(selector).first().waitFor({ state: 'attached' }),
  // Runs in each page before its own scripts.
  first: async ({ visitor, script }) => visitors.get(visitor).addInitScript(script),
  // Moves the clock of every page and frame of a visitor.
  forward: async ({ visitor, seconds }) => visitors.get(visitor).clock.fastForward(seconds * 1000),
  // As after a sleep: the time of day has gone on, and no timer has.
  wake: async ({ visitor, time }) => visitors.get(visitor).clock.setSystemTime(time),
  // Answers in the place of whoever stands at `url` (a glob), until it is to `answer` again.
  async instead({ visitor, url, status, headers = {} }) {
    await visitors.get(visitor).route(url, (route) => route.fulfill({ status, headers, contentType: 'application/problem+json', body: '{}' }));
  },
  resume: async ({ visitor, url }) => visitors.get(visitor).unroute(url),
  // WCAG 2.2 AA, by axe: the rules that a page breaks, and where.
  async axe({ page, framed: inside = false, nth = -1 }) {
    const place = inside ? at(page).frames().at(nth) : at(page);
    const allow = scriptless.has(at(page).context()) && (await at(page).context().newCDPSession(at(page)));
    // What stands there without scripts stays; axe is one itself.
    for (const value of allow ? [true, false] : []) await allow.send('Emulation.setScriptExecutionDisabled', { value });
    await place.evaluate(axe);
    const { violations } = await place.evaluate(() => globalThis.axe.run(document, {
      // What stands in a frame is a page of its own, and often somebody else's.
      iframes: false,
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }));
    if (allow) await allow.send('Emulation.setScriptExecutionDisabled', { value: true });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html).join(' | ')}`);
  },
}, async () => {
  await Promise.all([...visitors.values()].map((visitor) => visitor.close()));
  await browser.close();
  await remove(home);
});
