// Charts of the figures' page: each is drawn from the data beside it, and has a table below it that says the same.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(max-width: 40rem)");
  const drawn = [];

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = (label, more = {}) => ({
    label, stroke: color("--ink"), labelSize: 22, font: "12px system-ui", labelFont: "12px system-ui",
    grid: { stroke: color("--faint"), width: 1 }, ticks: { stroke: color("--faint") }, ...more,
  });
  const line = (label, name, more = {}) => ({ label, stroke: color(name), width: 2, points: { show: false }, ...more });
  const bars = (label, name) => ({
    ...line(label, name), width: 0, fill: color(name), paths: uPlot.paths.bars({ size: [0.7, 40] }),
  });
  const dates = new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", timeZone: "UTC" });

  const charts = {
    // escalated talks stand on those that are only to be held
    days(place, found, names) {
      const all = found.held.map((value, at) => value + found.escalated[at]);
      return [{
        scales: { x: { time: true, range: (_u, low, high) => [low - 43200, high + 43200] }, y: { range: (_u, _low, high) => [0, Math.max(1, high * 1.1)] } },
        tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"),
        axes: [
          axis(place.dataset.x, { values: (_u, marks) => marks.map((mark) => dates.format(mark * 1000)) }),
          axis(place.dataset.y, { values: (_u, marks) => marks.map((mark) => (Number.isInteger(mark) ? mark : "")) }),
        ],
        series: [
          { value: (_u, value) => (value === null ? "" : dates.format(value * 1000)), label: place.dataset.x },
          { ...bars(names[0], "--high"), value: (_u, _value, _s, at) => (at === null ? "" : found.held[at]) },
          bars(names[1], "--critical"), line(names[2], "--ink", { dash: [6, 4] }),
        ],
      }, [found.x, all, found.escalated, found.budget]];
    },
    drift(place, found, names) {
      const stepped = uPlot.paths.stepped({ align: 1 });
      const percent = (value) => (value === null || value === undefined ? "" : `${Number((value * 100).toPrecision(3))}%`);
      return [{
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [axis(place.dataset.x), axis(place.dataset.y, { size: 60, values: (_u, marks) => marks.map(percent) })],
        series: [
          { label: place.dataset.x },
          line(names[0], "--soft", { paths: stepped, value: (_u, value) => percent(value) }),
          line(names[1], "--link", { paths: stepped, value: (_u, value) => percent(value), dash: [6, 3] }),
        ],
      }, [found.x, found.before, found.now]];
    },
    what_if(place, found, names) {
      const mark = (chart, at, name, dash) => {
        if (!Number.isFinite(at)) return;
        const x = chart.valToPos(at, "x", true), { ctx, bbox } = chart;
        ctx.save();
        ctx.strokeStyle = color(name); ctx.lineWidth = 2; ctx.setLineDash(dash);
        ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
        ctx.restore();
      };
      return [{
        scales: { x: { time: false }, y: { range: (_u, _low, high) => [0, Math.max(1, high * 1.05)] } },
        axes: [axis(place.dataset.x), axis(place.dataset.y, { size: 60 })],
        series: [{ label: place.dataset.x }, line(names[0], "--high")],
        hooks: {
          draw: [(chart) => {
            mark(chart, Number(place.dataset.now), "--soft", [4, 4]);
            const other = document.querySelector("[data-other]");
            if (other) mark(chart, Number(other.dataset.other), "--link", []);
          }],
        },
      }, [found.x, found.talks]];
    },
  };

  function draw() {
    while (drawn.length) drawn.pop().destroy();
    for (const place of document.querySelectorAll("[data-chart]")) {
      const names = place.dataset.names.split("|");
      const [options, data] = charts[place.dataset.chart](place, JSON.parse(place.dataset.figures), names);
      const size = { width: place.clientWidth, height: still.matches ? 220 : 280 };
      drawn.push(new uPlot({ ...size, cursor: { drag: { x: false, y: false } }, ...options }, data, place));
    }
  }

  // the slider and the field say the same; either asks
  const slider = document.querySelector("[data-follows]");
  if (slider) {
    const field = document.getElementById(slider.dataset.follows);
    slider.hidden = false;
    slider.addEventListener("input", () => { field.value = slider.value; });
    field.addEventListener("input", () => { slider.value = field.value; });
    document.body.addEventListener("htmx:afterSwap", () => { for (const chart of drawn) chart.redraw(false); });
  }
  let waits = null;
  addEventListener("resize", () => { clearTimeout(waits); waits = setTimeout(draw, 150); });
  dark.addEventListener("change", draw);
  draw();
})();
