"use strict";
// Counts a token's last seconds down; without this script the page shows the time of its end.
const clock = document.querySelector("[data-expires]");
if (clock) {
  const ends = Number(clock.dataset.expires);
  const bar = document.querySelector("[data-bar]");
  const show = () => {
    const left = Math.max(0, Math.ceil(ends - Date.now() / 1000));
    clock.textContent = left > 0
      ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
      : "Expired";
    if (bar) bar.value = left;
    document.body.classList.toggle("expired", left === 0);
    if (left === 0) clearInterval(timer);
  };
  const timer = setInterval(show, 1000);
  show();
}
