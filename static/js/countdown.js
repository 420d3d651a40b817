// Clock pills with under an hour left count down by themselves: data-countdown holds the due moment.
// The server's clock is taken from the page's own Date header where it can be had, so that a wrong
// clock in the office does not show a wrong time; without it the local clock is used.
const two = (n) => String(n).padStart(2, "0");

function words(seconds) {
  if (seconds >= 0) return `剩 ${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  const late = -seconds;
  if (late < 60) return "刚刚超时";
  if (late < 3600) return `已超 ${Math.floor(late / 60)} 分钟`;
  return `已超 ${Math.floor(late / 3600)} 小时`;
}

function turnLate(pill) {
  if (pill.classList.contains("tone-late")) return;
  pill.classList.remove("tone-info", "tone-soon");
  pill.classList.add("tone-late");
  pill.querySelector(".shape").textContent = "●";
  const lamp = pill.querySelector(".visually-hidden");
  if (lamp) lamp.textContent = "已超期，";
}

export function watchCountdowns(root) {
  let ahead = 0;
  const tick = () => {
    for (const pill of root.querySelectorAll("[data-countdown]")) {
      const left = pill.querySelector("[data-left]");
      const due = Date.parse(pill.dataset.countdown);
      if (!left || Number.isNaN(due)) continue;
      const seconds = Math.floor((due - Date.now() - ahead) / 1000);
      left.textContent = words(seconds);
      if (seconds < 0) turnLate(pill);
    }
  };
  if (!root.querySelector("[data-countdown]") && !window.htmx && !root.querySelector("[hx-get]")) return;
  const served = document.querySelector("meta[name=served-at]");
  if (served) {
    // The page was made at served-at and arrived a moment later; a back-forward page is older than that.
    const navigation = performance.getEntriesByType("navigation")[0];
    if (navigation && navigation.type === "navigate" && navigation.responseStart > 0) {
      const answered = performance.timeOrigin + navigation.responseStart;
      ahead = Date.parse(served.content) - answered;
      if (Number.isNaN(ahead) || Math.abs(ahead) < 2000) ahead = 0;
    }
  }
  setInterval(tick, 1000);
  tick();
}
