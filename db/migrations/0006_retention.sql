CREATE TABLE "blob_hold" (
	"brand_id" uuid NOT NULL,
	"build_id" uuid NOT NULL,
	"sha3_384" text NOT NULL,
	CONSTRAINT "blob_hold_sha3_384_build_id_pk" PRIMARY KEY("sha3_384","build_id")
);
--> statement-breakpoint
CREATE TABLE "blob_size" (
	"sha3_384" text PRIMARY KEY NOT NULL,
	"size_bytes" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "brand" ADD COLUMN "keep_images_days" integer DEFAULT 90;--> statement-breakpoint
ALTER TABLE "brand" ADD COLUMN "keep_images_since" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "artifact" ADD COLUMN "deleted_because" text;--> statement-breakpoint
UPDATE "artifact" SET "deleted_because" = 'asked' WHERE "deleted_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "build" ADD COLUMN "images_pinned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "build" ADD COLUMN "images_pinned_by" uuid;--> statement-breakpoint
ALTER TABLE "build" ADD COLUMN "images_kept_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "blob_hold" ADD CONSTRAINT "blob_hold_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blob_hold_of_build" ON "blob_hold" USING btree ("build_id");--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_images_pinned_by_person_id_fk" FOREIGN KEY ("images_pinned_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "brand" ADD CONSTRAINT "brand_keep_images_days" CHECK ("brand"."keep_images_days" > 0);--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_deleted" CHECK (("artifact"."deleted_at" is null) = ("artifact"."deleted_because" is null));--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_deleted_because" CHECK ("artifact"."deleted_because" in ('asked', 'expired'));--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_images_pinned" CHECK (("build"."images_pinned_at" is null) = ("build"."images_pinned_by" is null));