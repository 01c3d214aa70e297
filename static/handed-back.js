"use strict";
// Hands the code to the frame that opened this window, if that is one of ours; it closes the window.
const { code } = document.getElementById("handed-back").dataset;
// Cut off from the frame, it stays.
if (opener) {
  document.getElementById("closing").hidden = false;
  document.getElementById("staying").hidden = true;
  opener.postMessage({ code }, location.origin);
}
