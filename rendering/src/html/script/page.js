// Elements, colours and canvases.

/** An element with properties and children; texts are never read as HTML. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const byId = (id) => document.getElementById(id);
const KIND_COLOURS = 8;
let colours = {};

/** Reads the colours of the theme, which canvases cannot refer to. */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["text", "soft", "line", "accent", "good", "bad", "doubt", "fault", "fault-edge", "lit", "card", "row"];
  for (let i = 0; i < KIND_COLOURS; i++) names.push(`k${i}`);
  colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Prepares a canvas for its size in pixels of the device; returns its context and size. */
function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height };
}

/** A function that draws at the next frame, once however often it is called. */
function drawnOnce(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  };
}

/** Calls a function when the size of an element or the theme changes. */
const onTheme = [];
function redrawOnChange(element, redraw) {
  new ResizeObserver(redraw).observe(element);
  onTheme.push(redraw);
}

/** Steps of 1, 2 or 5 for the marks of an axis. */
function axisStep(range, most) {
  const rough = range / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((it) => it * power).find((it) => it >= rough);
}

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const plural = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`;
const count = (number) => number.toLocaleString("en");

/** A tooltip at a point of the window, and `null` to hide it. */
function showTip(text, x, y) {
  const tip = byId("tip");
  tip.hidden = text === null;
  if (text === null) return;
  tip.textContent = text;
  const { offsetWidth: width, offsetHeight: height } = tip;
  tip.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - width - 6))}px`;
  tip.style.top = `${y + 18 + height > window.innerHeight ? Math.max(4, y - height - 10) : y + 18}px`;
}
