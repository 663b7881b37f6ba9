// files: what a person chooses to import or to export into. See file-handles.ts.
import { z } from "zod";
import { type ChosenFile, chooseFileInput, type FolderListing, HeadstartError } from "../../contract/index.ts";
import { procedure, router } from "./trpc.ts";

export const files = router({
  /** Null: nothing was chosen. */
  choose: procedure.input(chooseFileInput).mutation(async ({ ctx, input }): Promise<ChosenFile | null> => {
    const { chooseFile, files } = ctx.host;
    if (!chooseFile)
      throw new HeadstartError({
        code: "no-dialog",
        where: "files.choose",
        message: "This Headstart has no window of its own and so no file dialog.",
        hint: "Choose from the list of folders.",
      });
    const path = await chooseFile(input);
    return path === null ? null : files.chosen(path);
  }),
  list: procedure
    .input(z.object({ folder: z.string().nullable() }))
    .query(({ ctx, input }): FolderListing => ctx.host.files.list(input.folder)),
  /** For commands of this machine, whose user may read the path anyway. */
  handle: procedure.input(z.object({ path: z.string().min(1) })).mutation(({ ctx, input }): ChosenFile => {
    if (!ctx.local)
      throw new HeadstartError({
        code: "not-for-the-page",
        where: "files.handle",
        message: "A page names no paths.",
        hint: "Choose the file in the dialog or the list of folders.",
      });
    return ctx.host.files.chosen(input.path);
  }),
});
