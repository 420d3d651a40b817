// The one entry: everything here improves pages that already work without it.
import { watchCountdowns } from "./countdown.js";
import { keepDrafts } from "./draft.js";
import { submitOnce } from "./submit-once.js";
import { openDialogs } from "./dialog.js";
import { listKeys } from "./list-keys.js";
import { printButtons } from "./print.js";
import { pickers } from "./picker.js";
import { largeType } from "./large-type.js";
import { uploads } from "./upload.js";
import { notices } from "./notices.js";
import { shortAddresses } from "./filter.js";
import { counts } from "./count.js";
import { sideScroll } from "./side-scroll.js";

const global_parts = [watchCountdowns, submitOnce, openDialogs, listKeys, printButtons, largeType, notices, shortAddresses];
const parts_of_a_tree = [keepDrafts, pickers, uploads, sideScroll, counts];

for (const start of global_parts) start(document);
for (const start of parts_of_a_tree) start(document);
// What htmx brings in is improved as the page was.
document.addEventListener("htmx:load", (event) => {
  if (event.target === document.body) return;
  for (const start of parts_of_a_tree) start(event.target);
});
