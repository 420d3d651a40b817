// The wall display asks for its numbers by itself (hx-trigger="every 30s") and goes on asking whatever the answer was.
// An error must neither take the numbers away nor stay unsaid: they stay, and a line says that they are old.
const lost = () => document.getElementById("wall-lost");
const say = (gone) => { lost().hidden = !gone; };

document.addEventListener("htmx:beforeSwap", (event) => {
  const failed = event.detail.xhr.status >= 400;
  if (failed) event.detail.shouldSwap = false;
  say(failed);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => say(true));
