import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { router } from "./lib/router.svelte";
import { watchErrors } from "./lib/errors.svelte";
import { keepFocus } from "./lib/focus";

watchErrors();
keepFocus();
router.start();
mount(App, { target: document.body });
