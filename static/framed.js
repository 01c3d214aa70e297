"use strict";
// Tells the page around, if it is one of a listed origin, how far a launch in its frame has come. There
// <usher-app> listens, for which our first page waits.
{
  const { origins, message, on } = document.currentScript.dataset;
  const listed = origins.split(" ");
  // A message to one who is not there leaves a complaint in the console; not every browser says who is.
  const around = listed.filter((origin) => origin === location.ancestorOrigins?.[0]);
  const tell = (said) => (around.length ? around : listed).forEach((origin) => parent.postMessage(said, origin));

  addEventListener("load", () => {
    const content = document.createRange();
    content.selectNodeContents(document.querySelector("main"));
    tell({ ...JSON.parse(message), height: Math.ceil(content.getBoundingClientRect().height) + 32 });
  });
  addEventListener("leaving", () => tell({ usher: "leaving" }));
  addEventListener("message", ({ data, origin, source }) => {
    if (on && source === parent && listed.includes(origin) && data?.usher === "go") location.replace(on);
  });
}
