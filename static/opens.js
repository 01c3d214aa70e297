"use strict";
// Tells when an app opens, or has closed, in the visitor's zone and words, and counts the time down.
// Without this script the time stands in UTC, and the page goes on by itself all the same.
const page = document.documentElement.lang;
const locale = navigator.languages.find((wish) => wish.split("-")[0] === page) ?? page;
const words = new Intl.DateTimeFormat(locale, {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
  hour: "numeric", minute: "2-digit", timeZoneName: "short",
});
for (const time of document.querySelectorAll(".moment time")) {
  time.textContent = words.format(new Date(time.dateTime));
}
const clock = document.querySelector("[data-seconds]");
if (clock) {
  // The server counted the seconds: this computer's clock may be wrong.
  const ends = Date.now() + Number(clock.dataset.seconds) * 1000;
  const days = new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" });
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const show = () => {
    const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
    const hours = `${two(left / 3600 % 24)}:${two(left / 60 % 60)}:${two(left % 60)}`;
    clock.textContent = left < 86400 ? hours : `${days.format(Math.floor(left / 86400))} ${hours}`;
  };
  show();
  clock.closest("[hidden]").hidden = false;
  setInterval(show, 1000);
}
