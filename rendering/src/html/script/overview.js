// Filters the table of runs, and on a page of a server shows what is in progress.

const table = document.getElementById("table");
const search = document.getElementById("search");
const found = document.getElementById("found");

/** Shows the runs with all these words. */
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  let shown = 0;
  for (const row of table.rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown++;
  }
  found.textContent = `${shown} of ${table.rows.length}`;
}

search.addEventListener("input", filter);
addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input[type='search'], select, textarea");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    search.focus();
    event.preventDefault();
  } else if (event.key === "Escape" && isTyping) {
    search.value = "";
    filter();
    search.blur();
  }
});
filter();

const compare = document.getElementById("compare");
compare?.addEventListener("submit", (event) => {
  const chosen = compare.querySelectorAll("input:checked").length;
  if (chosen === 2) return;
  event.preventDefault();
  found.textContent = `choose two runs to compare; ${chosen} are chosen`;
});

const live = document.getElementById("live");
const POLL_MS = 1000;

/** Shows the runs in progress; when one ends, the page is loaded again, so that the table has it. */
async function poll(before) {
  let names = before;
  try {
    const answer = await fetch("/live");
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const runs = await answer.json();
    names = runs.map((run) => run.name);
    live.replaceChildren(...runs.map((run) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = run.link;
      link.textContent = run.name;
      item.append(link, `: ${run.state}`);
      return item;
    }));
    if (runs.length === 0) live.textContent = "none";
    if (before.some((name) => !names.includes(name))) location.reload();
  } catch (error) {
    live.textContent = `not known: ${error.message}`;
  }
  setTimeout(() => poll(names), POLL_MS);
}
if (live !== null) poll([]);
