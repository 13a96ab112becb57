CREATE TABLE "image_plan" (
	"brand_id" uuid NOT NULL,
	"build_id" uuid PRIMARY KEY NOT NULL,
	"plan" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "image_plan" ADD CONSTRAINT "image_plan_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Raw images of 0.1 were read out of their .zst; that file itself stays.
UPDATE "artifact" SET "deleted_at" = now() WHERE "view" IS NOT NULL AND "deleted_at" IS NULL;--> statement-breakpoint
ALTER TABLE "artifact" DROP COLUMN "view";