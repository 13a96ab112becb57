CREATE TABLE "build_evidence" (
	"brand_id" uuid NOT NULL,
	"build_id" uuid PRIMARY KEY NOT NULL,
	"facts" jsonb NOT NULL,
	"build_key_id" uuid,
	"proven_at" timestamp (3) with time zone,
	CONSTRAINT "build_evidence_proven" CHECK (("build_evidence"."build_key_id" is null) = ("build_evidence"."proven_at" is null))
);
--> statement-breakpoint
CREATE TABLE "build_key" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"key_id" text NOT NULL,
	"public_key" text NOT NULL,
	"sealed" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"replaced_at" timestamp (3) with time zone,
	CONSTRAINT "build_key_key_id_unique" UNIQUE("key_id"),
	CONSTRAINT "build_key_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "build_key_key_id" CHECK ("build_key"."key_id" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "build_key_sealed" CHECK (("build_key"."replaced_at" is null) = ("build_key"."sealed" is not null))
);
--> statement-breakpoint
ALTER TABLE "artifact" DROP CONSTRAINT "artifact_kind";--> statement-breakpoint
ALTER TABLE "build_evidence" ADD CONSTRAINT "build_evidence_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build_evidence" ADD CONSTRAINT "build_evidence_key" FOREIGN KEY ("brand_id","build_key_id") REFERENCES "public"."build_key"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build_key" ADD CONSTRAINT "build_key_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build_key" ADD CONSTRAINT "build_key_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "build_evidence_of_key" ON "build_evidence" USING btree ("build_key_id","proven_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "build_key_current" ON "build_key" USING btree ("brand_id") WHERE "build_key"."replaced_at" is null;--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_kind" CHECK ("artifact"."kind" in ('image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'bmap', 'provenance', 'checksums', 'build-key', 'lock', 'manifest', 'seed-manifest', 'spdx', 'cyclonedx', 'model', 'assertions', 'log'));