CREATE TABLE "blob_packing" (
	"sha3_384" text PRIMARY KEY NOT NULL,
	"ranges" jsonb NOT NULL
);

--> statement-breakpoint
-- The sizes of these forms were those of other frames and chunks.
UPDATE "artifact" SET "deleted_at" = now(), "deleted_because" = 'asked' FROM "image_plan" WHERE "image_plan"."build_id" = "artifact"."build_id" AND "artifact"."kind" IN ('image-zst', 'image-xz') AND "artifact"."deleted_at" IS NULL;
