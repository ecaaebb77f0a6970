// Attaches behaviours: data-behavior="name other" runs the default export of name.js and other.js with the element.
// A page loads only what it uses, and everything on it works without any of this.

import keyboard from "./keyboard.js";
import opener from "./opener.js";

// These come with the page, not after it: a key that is pressed at once must not be lost.
const present = { keyboard, opener };

const behaviors = {
  "columns": () => import("./columns.js"),
  "count": () => import("./count.js"),
  "dialog": () => import("./dialog.js"),
  "dropzone": () => import("./dropzone.js"),
  "edit-cells": () => import("./edit-cells.js"),
  "filter": () => import("./filter.js"),
  "import-progress": () => import("./import-progress.js"),
  "json-text": () => import("./json-text.js"),
  "last-action": () => import("./last-action.js"),
  "leave-guard": () => import("./leave-guard.js"),
  "line-order": () => import("./line-order.js"),
  "lines": () => import("./lines.js"),
  "local-times": () => import("./local-times.js"),
  "menu-counts": () => import("./menu-counts.js"),
  "mending": () => import("./mending.js"),
  "moment": () => import("./moment.js"),
  "picker": () => import("./picker.js"),
  "popup": () => import("./popup.js"),
  "scroll": () => import("./scroll.js"),
  "scrubber": () => import("./scrubber.js"),
  "select-rows": () => import("./select-rows.js"),
  "single-keys": () => import("./single-keys.js"),
  "submit": () => import("./submit.js"),
  "submit-now": () => import("./submit-now.js"),
  "tags": () => import("./tags.js"),
  "theme": () => import("./theme.js"),
  "tick-changed": () => import("./tick-changed.js"),
  "trash-count": () => import("./trash-count.js"),
  "toasts": () => import("./toasts.js"),
  "upload": () => import("./upload.js"),
};

export function attach(root) {
  const coming = [];
  for (const element of [root, ...root.querySelectorAll("[data-behavior]")]) {
    for (const name of (element.dataset?.behavior ?? "").split(" ")) {
      present[name]?.(element);
      coming.push(behaviors[name]?.().then((module) => module.default(element)));
    }
  }
  return Promise.allSettled(coming);
}

// Marked once everything works: a test that is faster than any person waits for it.
attach(document.body).then(() => document.documentElement.toggleAttribute("data-attached", true));
