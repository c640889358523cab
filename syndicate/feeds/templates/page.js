
const button = document.getElementById("copy");
const address = document.getElementById("address");
const said = document.getElementById("said");

button.hidden = false;
button.addEventListener("click", async () => {
  getSelection().selectAllChildren(address);
  let done;
  try {
    await navigator.clipboard.writeText(address.textContent);
    done = true;
  } catch {
    done = document.execCommand("copy"); // the older way, where the page did not come over https
  }
  said.textContent = done ? "Copied." : "Selected: copy it with your keyboard.";
});
