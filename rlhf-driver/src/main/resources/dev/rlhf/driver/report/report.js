"use strict";
(() => {
    const HEIGHT = 190;
    const FEW = 25;
    const SMOOTH_FROM = 40;
    const dark = matchMedia("(prefers-color-scheme: dark)");

    const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const colour = i => style("--line-" + (i % 5 + 1));

    const plain = v => {
        const size = Math.abs(v);
        if (size >= 10000) return v.toExponential(1);
        if (size >= 100) return v.toFixed(0);
        if (size >= 1) return String(+v.toFixed(2));
        if (size >= 0.001) return String(+v.toFixed(3));
        return v === 0 ? "0" : v.toExponential(1);
    };
    /** Decimals that write multiples of this as they are: one for 0.2, two for 0.25. */
    const decimals = distance => {
        let digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(distance) + 1e-9)));
        const left = () => Math.abs(distance * 10 ** digits - Math.round(distance * 10 ** digits));
        while (digits < 12 && left() > 1e-6) digits++;
        return digits;
    };
    const MOST_DECIMALS = 6;
    const apart = (v, distance) => {
        const digits = decimals(distance);
        if (v === 0) return "0";
        return digits > MOST_DECIMALS && Math.abs(v) < 1 || Math.abs(v) >= 1e6
            ? v.toExponential(Math.max(0, decimals(distance / Math.pow(10, Math.ceil(Math.log10(Math.abs(v)))))))
            : v.toFixed(digits);
    };
    const write = {
        "number": (v, distance) => distance > 0 ? apart(v, distance) : plain(v),
        "share": (v, distance) => (distance > 0 ? apart(100 * v, 100 * distance) : +(100 * v).toFixed(1)) + " %",
        "stacked-seconds": v => v >= 1 || v === 0 ? plain(v) + " s" : plain(+(1000 * v).toPrecision(3)) + " ms",
    };

    /** How far apart numbers of a chart lie that should read differently: a two-hundredth of its range, not less than it needs. */
    const finest = chart => {
        const all = chart.values.flat().filter(v => v !== null);
        const range = Math.max(...all) - Math.min(...all);
        return range > 0 && range < Math.max(...all.map(Math.abs)) * 0.1 ? range / 200 : 0;
    };

    /** Mean over the neighbours of each point, so that the eye finds the course in the noise. */
    const smooth = values => {
        const reach = Math.max(2, Math.round(values.length / 30));
        return values.map((value, i) => {
            if (value === null) return null;
            const near = values.slice(Math.max(0, i - reach), i + reach + 1).filter(v => v !== null);
            return near.reduce((sum, v) => sum + v, 0) / near.length;
        });
    };

    const stack = columns => {
        const sums = [];
        columns.forEach((column, k) => sums.push(column.map((v, i) => (v ?? 0) + (k > 0 ? sums[k - 1][i] : 0))));
        return sums;
    };

    /** What is drawn: the columns beside the steps, and how. */
    const layers = chart => {
        const points = {show: chart.steps.length < FEW, size: 6};
        if (chart.form === "stacked-seconds") {
            // The tallest first: each lower sum then covers its own part.
            return stack(chart.values).map((values, k) => ({
                values,
                series: {
                    stroke: colour(chart.colours[k]), fill: colour(chart.colours[k]), width: 0, points: {show: false},
                    ...(chart.steps.length < FEW && {paths: uPlot.paths.bars({size: [0.7, 40]})}),
                },
            })).reverse();
        }
        return chart.values.flatMap((values, k) => {
            const line = {values, series: {stroke: colour(chart.colours[k]), width: 2, points: {...points, fill: colour(chart.colours[k])}, spanGaps: true}};
            return chart.steps.length < SMOOTH_FROM ? [line] : [
                {values, series: {stroke: colour(chart.colours[k]), width: 1, alpha: 0.35, points: {show: false}, spanGaps: true}},
                {values: smooth(values), series: {...line.series, points: {show: false}}},
            ];
        });
    };

    const yRange = chart => (plot, low, high) => {
        if (low === null || high === null) return [0, 1];
        if (chart.form === "stacked-seconds") return [0, high * 1.08 || 1];
        if (chart.form === "share") {
            const from = Math.max(-1, Math.min(0, low));
            return [from, Math.min(1, Math.max(high * 1.1, 0.05))];
        }
        if (low === high) return [low - Math.max(Math.abs(low) * 0.5, 0.01), high + Math.max(Math.abs(high) * 0.5, 0.01)];
        return uPlot.rangeNum(low, high, {min: {pad: 0.08, soft: 0, mode: 3}, max: {pad: 0.08, soft: 0, mode: 3}});
    };

    const xRange = (plot, low, high) => low === high ? [low - 1, high + 1] : [low, high];

    const readOut = (legend, chart, index) => {
        const last = chart.steps.length - 1;
        const at = index ?? last;
        const entries = chart.labels.map((label, k) => {
            const entry = document.createElement("span");
            const value = document.createElement("b");
            const number = chart.values[k][at];
            value.textContent = number === null ? "–" : write[chart.form](number, finest(chart));
            if (chart.labels.length > 1 || chart.form === "stacked-seconds") {
                const key = document.createElement("i");
                key.style.background = colour(chart.colours[k]);
                entry.append(key, label + " ");
            }
            entry.append(value);
            return entry;
        });
        const step = document.createElement("span");
        step.textContent = "step " + chart.steps[at] + (chart.stepsPerPoint > 1 ? ", mean of " + chart.stepsPerPoint : "");
        legend.replaceChildren(step, ...entries);
    };

    const draw = figure => {
        const chart = JSON.parse(figure.dataset.chart);
        const place = figure.querySelector(".plot");
        const legend = figure.querySelector(".legend");
        const drawn = layers(chart);
        const axis = {
            stroke: style("--soft"), font: "11px system-ui, sans-serif",
            grid: {stroke: style("--edge"), width: 1}, ticks: {show: false},
        };
        place.replaceChildren();
        const plot = new uPlot({
            width: place.clientWidth, height: HEIGHT,
            padding: [10, 20, 0, 0],
            legend: {show: false},
            cursor: {sync: {key: figure.dataset.group, scales: ["x", null]}, y: false, ...(chart.form === "stacked-seconds" && {points: {show: false}})},
            scales: {x: {time: false, range: xRange}, y: {range: yRange(chart)}},
            axes: [
                {...axis, grid: {show: false}, size: 24, gap: 4, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000]},
                {...axis, gap: 6, size: (u, texts) => 14 + 6.2 * Math.max(2, ...(texts ?? []).map(text => text.length)), values: (u, ticks, axis, space, step) => ticks.map(tick => write[chart.form](tick, step))},
            ],
            series: [{}, ...drawn.map(layer => layer.series)],
            hooks: {setCursor: [u => readOut(legend, chart, u.cursor.idx)]},
        }, [chart.steps, ...drawn.map(layer => layer.values)], place);
        readOut(legend, chart, null);
        return plot;
    };

    const plots = new Map();
    const show = figure => {
        plots.get(figure)?.destroy();
        plots.set(figure, draw(figure));
    };
    // A figure in a closed <details> has no width; it is drawn when it gets one.
    const watch = new ResizeObserver(entries => entries.forEach(({target, contentRect}) => {
        const figure = target.parentElement;
        if (contentRect.width === 0) return;
        if (plots.has(figure)) {
            plots.get(figure).setSize({width: contentRect.width, height: HEIGHT});
        } else {
            show(figure);
        }
    }));
    document.querySelectorAll("[data-chart] .plot").forEach(place => watch.observe(place));
    dark.addEventListener("change", () => [...plots.keys()].forEach(show));
})();
