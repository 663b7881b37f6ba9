// A study before its start: any kind, its form and its YAML in step, contradictions at the field, the plan, and what is started.
import { expect, test } from "./fixtures.ts";
import { ConfigurePage } from "./page-models/configure-page.ts";
import { StudyPage } from "./page-models/study-page.ts";

test("a recipe is changed by the form and by its text, planned, and started over two seeds", async ({ workbench: { page } }) => {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  await configure.open("tiny");
  await expect(configure.start).toHaveText("Start study, 11 stages, about 1 min", { timeout: 60_000 });
  await expect(configure.preflight).toContainText("11 stages");
  await expect(configure.preflight).toContainText("most of it");
  await configure.expectAccessible();
  await configure.beside("First batch");
  await expect(configure.firstBatch).toContainText("of the first update's tokens are trained");
  await expect(configure.firstBatch.locator(".segment-trained").nth(1)).toContainText("#");
  await configure.expectAccessible();

  // The form writes the text.
  await configure.beside("YAML");
  await expect(configure.yaml).toHaveValue(/kind: weak-vs-strong/);
  await configure.fill("name", "Tiny, changed");
  await expect(configure.yaml).toHaveValue(/name: Tiny, changed/);
  await expect(configure.field("name")).toHaveAttribute("data-changed", "true");

  // A text with problems leaves the form as it is, and says where they are; without them it becomes the form's.
  const text = await configure.yaml.inputValue();
  await configure.yaml.fill(text.replace("promptsPerStep", "promptPerStep"));
  await expect(page.getByTestId("recipe-yaml")).toContainText("did you mean promptsPerStep?");
  await expect(page.locator(".yaml-gutter [data-wrong=true]")).toHaveCount(1);
  await configure.expectAccessible();

  // Until it has none nothing starts, and the text stays: beside another pane, and when the view is left.
  await expect(configure.start).toBeHidden();
  await configure.beside("Pre-flight");
  await expect(configure.view.getByRole("alert")).toContainText("The text has 1 problem");
  await configure.expectAccessible();
  await configure.goTo("Datasets");
  await configure.open("tiny");
  await configure.contradictions.click();
  await expect(configure.yaml).toBeFocused();
  await expect(configure.yaml).toHaveValue(/promptPerStep/);
  await page.getByRole("button", { name: "Discard the text" }).click();
  await expect(configure.yaml).toHaveValue(text);
  await expect(configure.start).toBeVisible();
  await configure.yaml.fill(text.replace("name: Tiny, changed", "name: Tiny, by text"));
  await expect(configure.field("name").getByRole("textbox")).toHaveValue("Tiny, by text");

  // What contradicts is said at its field, and nothing starts with it.
  await configure.fill("rl.topP", "0.9");
  await expect(configure.field("rl.topP").getByRole("alert")).toContainText("set topP to 1");
  await expect(configure.start).toBeHidden();
  await configure.contradictions.click();
  await expect(configure.field("rl.topP").getByRole("textbox")).toBeFocused();
  await configure.fill("rl.topP", "1");

  const seeds = page.getByRole("textbox", { name: "Seeds" });
  await seeds.fill("1, x");
  await expect(configure.view.getByRole("alert")).toContainText("x is no seed");
  await seeds.fill("1-2");
  await expect(configure.start).toHaveText(/^Start 2 studies, 11 stages each, /, { timeout: 60_000 });
  await configure.start.click();
  const studies = page.getByRole("table", { name: "Studies", exact: true });
  await expect(studies.getByRole("link", { name: "Tiny, by text" })).toHaveCount(2);

  // A text of another kind: no plan of the old kind beside it, and it still says what it began from.
  await configure.open("ladder-tiny");
  await expect(configure.preflight).toContainText("SFT, 64 × 2", { timeout: 60_000 });
  await configure.beside("YAML");
  await configure.yaml.fill("kind: rl\nname: By text\ncheckpoint: tiny-base\nrl: {}\ntemperature: { fixed: 7 }\n");
  await expect(page.getByRole("combobox", { name: "Kind of study" })).toHaveValue("RL");
  await configure.beside("Pre-flight");
  await expect(page.getByText("SFT, 64 × 2")).toBeHidden();
  await expect(configure.preflight).toContainText("RL, tiny-base", { timeout: 60_000 });
  await expect(page.getByRole("combobox", { name: "Begin from" })).toHaveValue("Tiny data ladder");
  await page.getByRole("button", { name: "Undo all changes" }).click();

  // A study that was started is repeated with changes.
  await configure.goTo("Configure");
  await configure.choose("Begin from", /Tiny, by text, seed 1/);
  await expect(configure.field("name").getByRole("textbox")).toHaveValue("Tiny, by text");
});

test("stages: the paper's ladder scaled to the start's lengths, edited, and said in the text", async ({ workbench: { page } }) => {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  await configure.open("stages-tiny");
  await expect(configure.start).toHaveText(/stages/, { timeout: 60_000 });
  await expect(configure.stages.getByRole("rowheader")).toHaveCount(3);
  await page.getByRole("button", { name: "The paper's ladder…" }).click();
  const ladder = page.getByRole("dialog", { name: "The paper's ladder" });
  await expect(ladder).toContainText("About 30 % of");
  await configure.expectAccessible();
  await ladder.getByRole("textbox", { name: "Budget of the first stage" }).fill("20");
  await ladder.getByRole("button", { name: "Replace 3 stages" }).click();
  await expect(configure.stages.getByRole("rowheader")).toHaveText([
    "1. Math 20",
    "2. Math 40",
    "3. Math 60 contested",
    "4. Code 60",
    "5. Code 80",
    "6. Math 80",
  ]);
  // What RL learns to say at length is not cut by the evaluation.
  await expect(configure.field("finalEval.maxResponseTokens").getByRole("textbox")).toHaveValue("80 tokens");
  await configure.expectAccessible();

  await configure.stages.getByRole("button", { name: "3. Math 60" }).click();
  await expect(configure.field("stages.2.note").getByRole("textbox")).toHaveValue(/Contested/);
  await page.getByRole("button", { name: "Duplicate Math 60" }).click();
  await expect(configure.stages.getByRole("rowheader").nth(3)).toHaveText("4. Math 60 copy contested");
  await page.getByRole("button", { name: "Move up Math 60 copy" }).click();
  await expect(configure.stages.getByRole("rowheader").nth(2)).toHaveText("3. Math 60 copy contested");
  await page.getByRole("button", { name: "Remove Math 20" }).click();
  await expect(configure.stages.getByRole("rowheader")).toHaveCount(6);
  await configure.beside("YAML");
  await expect(configure.yaml).toHaveValue(/overlongFilter: true[\s\S]+name: Math 60 copy/);
});

test("every kind has a form: empty recipes ask for what they lack, shapes and lists are chosen and filled in", async ({
  workbench: { page },
}) => {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  await configure.open("weak-vs-strong?from=empty");
  await expect(configure.contradictions).toBeVisible();
  const first = page.getByRole("group", { name: /^Start 1/ });
  await first.getByRole("radio", { name: "A checkpoint that is there" }).check();
  await expect(configure.field("starts.0.checkpoint").getByRole("alert")).toContainText("Needs a value");
  await configure.field("starts.0.checkpoint").getByRole("combobox").click();
  await page.getByRole("option", { name: /^tiny-base/ }).click();
  await expect(configure.field("starts.0.checkpoint").getByRole("alert")).toBeHidden();
  await page.getByRole("radio", { name: "Imported datasets" }).check();
  await expect(configure.field("data.dev.dataset").getByRole("alert")).toContainText("Needs a value");
  await configure.expectAccessible();

  await configure.choose("Kind of study", "Data ladder");
  const cells = page.getByRole("table", { name: "Cells" });
  const before = await cells.getByRole("row").count();
  await page.getByRole("button", { name: "Add a cell" }).click();
  await expect(cells.getByRole("row")).toHaveCount(before + 1);
  await expect(page.getByText(/^Two cells have one name/)).toBeVisible();

  for (const kind of ["Epochs", "Temperature", "Over-long laboratory", "Verifier noise", "RL", "Evaluation", "SFT"]) {
    await configure.choose("Kind of study", kind);
    await expect(page.getByRole("combobox", { name: "Kind of study" })).toHaveValue(kind);
    await expect(configure.field("name")).toBeVisible();
    await expect(page.getByRole("button", { name: "Undo all changes" })).toBeHidden();
    await configure.expectAccessible();
  }
});

test("home offers every study with its plan before it", async ({ workbench: { page } }) => {
  const configure = new ConfigurePage(page);
  const offers = page.getByRole("table", { name: "Other questions" });
  await expect(offers).toBeVisible();
  await configure.expectAccessible();
  await offers.getByRole("link", { name: "Configure Tiny RL study" }).click();
  await expect(configure.start).toHaveText(/^Start study, \d+ stages, about/, { timeout: 60_000 });
  await configure.start.click();
  await expect(new StudyPage(page).view).toBeVisible();
});
