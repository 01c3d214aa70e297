// Firefox as its makers ship it, by WebDriver BiDi: a process a visitor, since what tells them apart are
// preferences, which belong to a process.
import { firefox } from 'playwright-core';

// Playwright sets a colour scheme by a command that this Firefox does not know, for every page.
const unknown = 'emulation.setMediaFeaturesOverride';
const bidi = firefox._connection.toImpl(firefox)._bidiFirefox;
const connect = bidi.connectToTransport.bind(bidi);
bidi.connectToTransport = (transport, options) => {
  const send = transport.send.bind(transport);
  transport.send = (message) => {
    if (message.method !== unknown) return send(message);
    setImmediate(() => transport.onmessage?.({ type: 'success', id: message.id, result: {} }));
  };
  return connect(transport, options);
};

// `profile` is an empty directory but for the certificates that it trusts. All names lead to this machine.
// Of other sites' cookies, none is kept with `blocked`, else each under the site of the page around.
export const launch = (profile, { blocked, ...wishes }) => firefox.launchPersistentContext(profile, {
  channel: 'moz-firefox',
  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
  firefoxUserPrefs: {
    // Otherwise no click reaches a frame that has a process of its own.
    'remote.events.async.mouse.enabled': true,
    'network.dns.forceResolve': '127.0.0.1',
    'network.cookie.cookieBehavior': blocked ? 1 : 5,
  },
  ...wishes,
});
