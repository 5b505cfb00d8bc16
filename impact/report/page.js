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
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (details) { details.open = true; });
  });
})();
