// Boxes that scroll sideways by themselves (tabs, the page's own links, wide tables): the chosen link is brought into
// sight, data-more="start end" says on which sides something is hidden (css draws it), and a wide table says it in
// words as well. Without this script the boxes scroll just the same.
const BOXES = ".tabs ul, .jump, .table-scroll";

function mark(box, hint) {
  const more = [];
  if (box.scrollLeft > 2) more.push("start");
  if (box.scrollLeft + box.clientWidth < box.scrollWidth - 2) more.push("end");
  const words = more.join(" ");
  if (box.dataset.more !== words) box.dataset.more = words;
  if (!hint) return;
  // It keeps its line while the table is wider than the window: a page that jumps under the finger loses the tap.
  hint.hidden = box.scrollWidth <= box.clientWidth + 2;
  hint.classList.toggle("is-spent", !more.includes("end"));
}

function hintFor(box) {
  if (!box.matches(".table-scroll")) return null;
  const hint = document.createElement("p");
  hint.className = "scroll-hint";
  hint.setAttribute("aria-hidden", "true"); // what is read aloud is the whole table anyway
  hint.textContent = "右边还有，可以左右滑动 →";
  hint.hidden = true;
  box.before(hint);
  return hint;
}

function watch(box) {
  if (box.dataset.sideScrollOn) return;
  box.dataset.sideScrollOn = "1";
  const hint = hintFor(box);
  const here = box.querySelector("[aria-current]");
  if (here) box.scrollLeft += here.getBoundingClientRect().left - box.getBoundingClientRect().left - 32;
  const look = () => mark(box, hint);
  box.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(box);
  look();
}

export function sideScroll(root) {
  for (const box of root.querySelectorAll(BOXES)) watch(box);
}
