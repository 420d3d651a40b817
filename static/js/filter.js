// A filter bar leaves empty fields out of the address, so that a shared link says only what was chosen.
export function shortAddresses(root) {
  root.addEventListener("formdata", (event) => {
    if (!event.target.matches("form.filter-bar")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
