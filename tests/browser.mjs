// Drives Chromium, one context a visitor, on behalf of the tests.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { answer } from './lines.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const patience = 15_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  ],
});
const visitors = new Map();
const pages = new Map();

const answerOf = (response) => (response && { status: response.status(), headers: response.headers() });

async function adopt(page) {
  const id = `page-${pages.size + 1}`;
  page.setDefaultTimeout(patience);
  const problems = [];
  // A CSP that stops our own page, a script that fails: both are ours to know of.
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  // Servers of vendors that are not there: what a page wants to open is all that matters.
  const dialled = new Promise((dial) => { page.routeWebSocket(/^wss:/, (socket) => dial(socket.url())); });
  pages.set(id, { page, problems, dialled });
  return id;
}

const at = (id) => pages.get(id).page;

answer({
  // A visitor with a browser profile of their own: `{ colorScheme, locale, width, height, script, timezone }`.
  async visitor({ colorScheme = 'light', locale = 'en-GB', width = 1280, height = 900, script = true, timezone }) {
    const context = await browser.newContext({
      colorScheme, locale, viewport: { width, height }, javaScriptEnabled: script, timezoneId: timezone, bypassCSP: false,
    });
    const id = `visitor-${visitors.size + 1}`;
    visitors.set(id, context);
    return id;
  },
  leave: async ({ visitor }) => visitors.get(visitor).close(),
  tab: async ({ visitor }) => adopt(await visitors.get(visitor).newPage()),
  open: async ({ page, url }) => answerOf(await at(page).goto(url)),
  reload: async ({ page }) => answerOf(await at(page).reload()),
  // The back/forward cache gives no response.
  back: async ({ page }) => answerOf(await at(page).goBack()),
  async click({ page, selector }) {
    await at(page).locator(selector).first().click();
    await at(page).waitForLoadState('load');
  },
  async click_to_tab({ page, selector }) {
    const opened = at(page).waitForEvent('popup');
    await at(page).locator(selector).first().click();
    const tab = await opened;
    await tab.waitForLoadState('load');
    return adopt(tab);
  },
  fill: async ({ page, selector, text }) => at(page).locator(selector).first().fill(text),
  press: async ({ page, key }) => at(page).keyboard.press(key),
  arrive: async ({ page, pattern }) => at(page).waitForURL(new RegExp(pattern), { timeout: patience }),
  see: async ({ page, text }) => at(page).getByText(text).first().waitFor(),
  url: async ({ page }) => at(page).url(),
  title: async ({ page }) => at(page).title(),
  text: async ({ page }) => at(page).locator('body').innerText(),
  count: async ({ page, selector }) => at(page).locator(selector).count(),
  attribute: async ({ page, selector, name }) => at(page).locator(selector).first().getAttribute(name),
  focused: async ({ page }) => at(page).evaluate(() => document.activeElement?.outerHTML ?? ''),
  html_lang: async ({ page }) => at(page).evaluate(() => document.documentElement.lang),
  overflow: async ({ page }) => at(page).evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ),
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
  // WCAG 2.2 AA, by axe: the rules that a page breaks, and where.
  async axe({ page }) {
    await at(page).evaluate(axe);
    const { violations } = await at(page).evaluate(() => globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }));
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.html).join(' | ')}`);
  },
}, () => browser.close());
