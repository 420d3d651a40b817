// Draws each chart from the table that stands beside it. The library is fetched when the first chart comes near, once
// for the page; without it, or without scripts, the table and its sentence are all there is, and all there needs to be.
const NEAR = "300px";
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
const PAPER_WIDTH = 680; // A4 less its margins, in CSS pixels

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = new Map();
let library;

function fetchLibrary(source) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => done(globalThis.echarts);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

function read(figure) {
  const table = figure.querySelector("table");
  const words = (cell) => cell.textContent.trim();
  return {
    unit: figure.dataset.unit,
    heads: [...table.tHead.rows[0].cells].slice(1).map(words),
    lines: [...table.tBodies[0].rows].map((row) => ({
      name: words(row.cells[0]),
      values: [...row.cells].slice(1).map((cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value))),
    })),
  };
}

// What all kinds share. No motion; patterns and dashes beside the colours, so that a grey print keeps them apart;
// richText, because a tooltip of HTML would need inline styles, which no page of ours may load.
function base(table) {
  return {
    animation: false,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    color: ["--action", "--soon-mark", "--done", "--sealed"].map(token),
    textStyle: { fontFamily: token("--sans"), color: token("--ink") },
    tooltip: { renderMode: "richText", confine: true, valueFormatter: (value) => value === null ? "—" : `${value} ${table.unit}` },
    legend: { show: table.heads.length > 1, top: 0, itemWidth: 36 },
    grid: { left: 8, right: 20, top: table.heads.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
  };
}

const number = (table) => ({
  type: "value", min: 0, minInterval: 1, max: table.unit === "%" ? 100 : null,
  axisLabel: { formatter: table.unit === "%" ? "{value}%" : "{value}", color: token("--ink-soft") },
  splitLine: { lineStyle: { color: token("--line") } },
});

const names = (list) => ({
  type: "category", data: list, axisTick: { show: false },
  axisLabel: { color: token("--ink-soft") }, axisLine: { lineStyle: { color: token("--line-strong") } },
});

function line(table) {
  return {
    ...base(table),
    tooltip: { ...base(table).tooltip, trigger: "axis" },
    xAxis: names(table.lines.map((one) => one.name)),
    yAxis: number(table),
    series: table.heads.map((name, n) => ({
      name, type: "line", data: table.lines.map((one) => one.values[n]), symbol: SYMBOLS[n % SYMBOLS.length],
      symbolSize: 8, lineStyle: { width: 2, type: DASHES[n % DASHES.length] },
    })),
  };
}

function bar(table) {
  return {
    ...base(table),
    tooltip: { ...base(table).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: number(table),
    yAxis: { ...names(table.lines.map((one) => one.name)), inverse: true },
    series: table.heads.map((name, n) => ({
      name, type: "bar", data: table.lines.map((one) => one.values[n]), barMaxWidth: 18,
      itemStyle: { borderColor: token("--ink"), borderWidth: 0.5 },
    })),
  };
}

const shades = (most) => ({
  min: 0, max: Math.max(most, 1), calculable: false, orient: "horizontal", left: "center", bottom: 0,
  text: [String(Math.max(most, 1)), "0"], inRange: { color: [token("--paper"), token("--action")] }, itemHeight: 120,
});

function heat(table, width) {
  const cells = table.lines.flatMap((one, y) => one.values.map((value, x) => [x, y, value]));
  const most = Math.max(0, ...cells.map((cell) => cell[2]));
  return {
    ...base(table),
    legend: { show: false },
    grid: { left: 8, right: 8, top: 8, bottom: 48, containLabel: true },
    tooltip: {
      ...base(table).tooltip,
      formatter: ({ value }) => `${table.lines[value[1]].name} ${table.heads[value[0]]}：${value[2]} ${table.unit}`,
    },
    aria: { enabled: false }, // here a pattern would hide the shade, which is what a grey print keeps
    xAxis: names(table.heads),
    yAxis: { ...names(table.lines.map((one) => one.name)), inverse: true },
    visualMap: shades(most),
    series: [{
      type: "heatmap", data: cells, itemStyle: { borderColor: token("--line"), borderWidth: 1 },
      label: { show: width > 640, formatter: ({ value }) => value[2] || "", color: "inherit" },
    }],
  };
}

function map(table, key) {
  const most = Math.max(0, ...table.lines.map((one) => one.values[0]));
  return {
    ...base(table),
    legend: { show: false },
    aria: { enabled: false },
    tooltip: {
      ...base(table).tooltip,
      formatter: ({ name, value }) => `${name}：${Number.isNaN(value) ? "—" : `${value} ${table.unit}`}`,
    },
    visualMap: shades(most),
    series: [{
      type: "map", map: key, roam: false, selectedMode: false, bottom: 48, showLegendSymbol: false,
      data: table.lines.map((one) => ({ name: one.name, value: one.values[0] })),
      itemStyle: { borderColor: token("--ink-soft"), areaColor: token("--ground") },
      label: { show: true, color: token("--ink"), textBorderColor: token("--paper"), textBorderWidth: 2 },
    }],
  };
}

function height(kind, table) {
  if (kind === "bar") return 60 + table.lines.length * Math.max(26, 14 * table.heads.length + 8);
  return { line: 320, heat: 340, map: 420 }[kind];
}

async function draw(figure, echarts) {
  const kind = figure.dataset.chart, table = read(figure), picture = figure.querySelector("[data-chart-picture]");
  if (kind === "map") {
    const answer = await fetch(figure.dataset.map);
    if (!answer.ok) return;
    echarts.registerMap(figure.id, await answer.json());
  }
  picture.hidden = false;
  picture.style.height = `${height(kind, table)}px`;
  const chart = echarts.init(picture, null, { renderer: "canvas" });
  const makers = { line, bar, heat: () => heat(table, picture.clientWidth), map: () => map(table, figure.id) };
  chart.setOption(makers[kind](table));
  drawn.set(figure, chart);
  figure.dataset.drawn = "1";
  new ResizeObserver(() => chart.resize()).observe(picture);
}

const figures = [...document.querySelectorAll("[data-chart]")];
const near = new IntersectionObserver(async (seen) => {
  if (!seen.some((one) => one.isIntersecting)) return;
  near.disconnect();
  try {
    const echarts = await fetchLibrary(figures[0].dataset.library);
    await Promise.allSettled(figures.map((figure) => draw(figure, echarts)));
  } catch {
    // The tables stay.
  }
}, { rootMargin: NEAR });
for (const figure of figures) near.observe(figure);

addEventListener("beforeprint", () => {
  for (const chart of drawn.values()) chart.resize({ width: Math.min(PAPER_WIDTH, chart.getWidth()) });
});
addEventListener("afterprint", () => {
  for (const chart of drawn.values()) chart.resize({ width: "auto" });
});
