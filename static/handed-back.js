"use strict";
// Hands the code to the frame that opened this window, if that is one of ours; it closes the window.
const { code } = document.getElementById("handed-back").dataset;
opener?.postMessage({ code }, location.origin);
