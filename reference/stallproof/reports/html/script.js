"use strict";
// Without this script all is shown. It filters, chooses light or dark, and opens what a link names.
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const rows = [...document.querySelectorAll("[data-verdict]")];
  const total = document.querySelectorAll("tr[data-verdict]").length;

  const filter = () => {
    const wanted = new FormData(form);
    const verdicts = wanted.getAll("verdict");
    const group = wanted.get("group");
    const transport = wanted.get("transport");
    const text = wanted.get("text").trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      const { verdict, group: its, transports, words } = row.dataset;
      row.hidden = !(
        verdicts.includes(verdict) &&
        (!group || its === group) &&
        (!transport || transports.split(" ").includes(transport)) &&
        words.includes(text)
      );
      count += row.tagName === "TR" && !row.hidden;
    }
    shown.textContent = `${count} of ${total} requirements`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();

  const open = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named?.tagName === "DETAILS") {
      if (named.hidden) form.reset();
      named.open = true;
      named.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();

  // On a narrow screen a picture scrolls: the marked moment comes into sight first.
  const bring = (within) => {
    for (const mark of within.querySelectorAll(".mark path")) {
      const frame = mark.closest(".scroll");
      const middle = frame.getBoundingClientRect().left + frame.clientWidth / 2;
      frame.scrollLeft += mark.getBoundingClientRect().left - middle;
    }
  };
  bring(document);
  for (const one of document.querySelectorAll("details.requirement")) {
    one.addEventListener("toggle", () => bring(one));
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
