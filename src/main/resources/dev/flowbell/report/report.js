"use strict";
// Sorts a table by the column whose header is clicked. A row that can be opened is a tbody.
const words = new Intl.Collator("en", { numeric: true });

function compare(isNumber, column) {
  const text = row => (row.rows ? row.rows[0] : row).cells[column].textContent;
  const number = row => {
    const value = Number(text(row).replaceAll(",", ""));
    return Number.isNaN(value) ? -1 : value;
  };
  return isNumber ? (a, b) => number(a) - number(b) : (a, b) => words.compare(text(a), text(b));
}

function sort(table, header) {
  const isNumber = header.dataset.sort === "number";
  const last = header.getAttribute("aria-sort");
  const isDescending = last ? last === "ascending" : isNumber;
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  header.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
  const bodies = [...table.tBodies];
  const rows = bodies.length > 1 ? bodies : [...bodies[0].rows];
  const order = compare(isNumber, header.cellIndex);
  rows.sort((a, b) => (isDescending ? order(b, a) : order(a, b)));
  (bodies.length > 1 ? table : bodies[0]).append(...rows);
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(table, header));
    header.replaceChildren(button);
  }
}
