(function () {
  "use strict";
  var numbers = JSON.parse(document.getElementById("numbers").textContent);
  function cell(value) {
    var text = value === null ? "" : String(value);
    return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }
  function save(id) {
    var table = numbers[id];
    var lines = [table.columns].concat(table.rows).map(function (row) { return row.map(cell).join(","); });
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    link.download = id + ".csv";
    document.body.appendChild(link);
    link.click();
    link.remove();
    URL.revokeObjectURL(link.href);
  }
  document.querySelectorAll("button[data-save]").forEach(function (button) {
    button.addEventListener("click", function () { save(button.getAttribute("data-save")); });
  });
  // Tables: a heading sorts by the numbers behind the cells, up, down, and back to the first order.
  function compare(a, b) {
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  }
  function isMissing(value) { return value === null || value === ""; }
  function ordered(rows, place, way) {
    return rows.map(function (row, number) { return number; }).sort(function (a, b) {
      var one = rows[a][place], other = rows[b][place];
      if (isMissing(one) || isMissing(other)) return isMissing(one) - isMissing(other) || a - b;
      return way * compare(one, other) || a - b;
    });
  }
  function sortable(behind, heads, body, first) {
    heads.forEach(function (head) {
      var place = behind.columns.indexOf(head.getAttribute("data-column")), button = document.createElement("button");
      if (place < 0) return;
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")];
        if (next === undefined) next = "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        if (next) head.setAttribute("aria-sort", next);
        var rows = next ? ordered(behind.rows, place, next === "ascending" ? 1 : -1).map(function (number) { return first[number]; }) : first;
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  }
  function filterable(region, first) {
    var line = document.createElement("p"), input = document.createElement("input"), count = document.createElement("output");
    line.className = "filter";
    input.type = "search";
    input.placeholder = "Filter";
    input.setAttribute("aria-label", "Filter the rows of " + region.getAttribute("aria-label"));
    line.appendChild(input);
    line.appendChild(count);
    region.parentNode.insertBefore(line, region);
    input.addEventListener("input", function () {
      var wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean), kept = 0;
      first.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !wanted.every(function (word) { return text.indexOf(word) >= 0; });
        kept += row.hidden ? 0 : 1;
      });
      count.textContent = wanted.length ? " " + kept + " of " + first.length + " rows" : "";
    });
  }
  document.querySelectorAll("div.table").forEach(function (block) {
    var table = block.querySelector("table"), first = Array.prototype.slice.call(table.tBodies[0].rows);
    if (first.length < 2 || numbers[block.id].rows.length !== first.length) return;
    sortable(numbers[block.id], Array.prototype.slice.call(table.tHead.rows[0].cells), table.tBodies[0], first);
    if (first.length >= 8) filterable(block.querySelector(".scroll"), first);
  });
  // Figures: the arrow keys read out the numbers behind them, row by row.
  var digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false });
  function told(value) {
    if (isMissing(value)) return "unknown";
    return typeof value === "number" ? digits.format(value) : String(value).replace(/T00:00:00$/, "");
  }
  document.querySelectorAll("figure").forEach(function (figure) {
    var behind = numbers[figure.id], drawing = figure.querySelector(".drawing"), output = document.createElement("output"), at = -1;
    if (!behind || !behind.rows.length) return;
    output.className = "readout";
    output.textContent = "The arrow keys read out the " + behind.rows.length + " rows behind the figure.";
    drawing.parentNode.insertBefore(output, drawing.nextSibling);
    drawing.addEventListener("keydown", function (event) {
      var last = behind.rows.length - 1;
      var next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      at = Math.min(Math.max(next, 0), last);
      drawing.scrollLeft = last ? (drawing.scrollWidth - drawing.clientWidth) * at / last : 0; // a narrow screen shows a part
      output.textContent = at + 1 + " of " + (last + 1) + ": " + behind.columns.map(function (name, place) {
        return name.replace(/_/g, " ") + " " + told(behind.rows[at][place]);
      }).join("; ");
    });
  });
  // What does not scroll, and a heading that is out of sight because rows are cards, is no stop of the Tab key.
  function stops() {
    document.querySelectorAll(".scroll").forEach(function (region) {
      if (region.scrollWidth > region.clientWidth + 1) region.setAttribute("tabindex", "0");
      else region.removeAttribute("tabindex");
    });
    document.querySelectorAll("thead button").forEach(function (button) {
      button.tabIndex = getComputedStyle(button.closest("thead")).position === "absolute" ? -1 : 0;
    });
  }
  stops();
  window.addEventListener("resize", stops);
  document.querySelectorAll("details").forEach(function (details) { details.addEventListener("toggle", stops); });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (details) { details.open = true; });
  });
})();
