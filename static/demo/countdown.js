"use strict";
// Counts a token's last seconds down; without this script the page shows the time of its end.
const show = () => {
  const clock = document.querySelector("[data-expires]");
  if (!clock) return;
  const left = Math.max(0, Math.ceil(Number(clock.dataset.expires) - Date.now() / 1000));
  clock.textContent = left > 0
    ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
    : "Expired";
  const bar = document.querySelector("[data-bar]");
  if (bar) bar.value = left;
  document.body.classList.toggle("expired", left === 0);
};
setInterval(show, 1000);
show();
