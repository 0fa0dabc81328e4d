// Keys to step through the worklist and the items. Every page works without this.
"use strict";

const typing = (event) => event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
const links = [...document.querySelectorAll("[data-keys] .item a")];

function step(by) {
  const here = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(here + by, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (typing(event) || (event.key !== "j" && event.key !== "k")) return;
  const beside = document.querySelector(event.key === "j" ? "a[rel=next]" : "a[rel=prev]");
  if (links.length) step(event.key === "j" ? 1 : -1);
  else if (beside) beside.click();
});
