CREATE TABLE "audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"brand_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"actor_email" text,
	"action" text NOT NULL,
	"sentence" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_name" text NOT NULL,
	"address" text NOT NULL,
	"request_id" text NOT NULL,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "brand" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"account_id" text NOT NULL,
	"store_credentials" text,
	"active" boolean DEFAULT true NOT NULL,
	"last_build_number" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "brand_slug_unique" UNIQUE("slug"),
	CONSTRAINT "brand_account_id_unique" UNIQUE("account_id"),
	CONSTRAINT "brand_slug" CHECK ("brand"."slug" ~ '^[a-z0-9](-?[a-z0-9])*$')
);
--> statement-breakpoint
CREATE TABLE "group_role" (
	"brand_id" uuid NOT NULL,
	"group" text NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "group_role_brand_id_group_pk" PRIMARY KEY("brand_id","group"),
	CONSTRAINT "group_role_group_brand" UNIQUE("group","brand_id"),
	CONSTRAINT "group_role_role" CHECK ("group_role"."role" in ('owner', 'signer', 'editor', 'builder', 'viewer', 'auditor'))
);
--> statement-breakpoint
CREATE TABLE "artifact" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"build_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"file_name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text,
	"blobs" text[] NOT NULL,
	"view" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "artifact_file_name" UNIQUE("build_id","file_name"),
	CONSTRAINT "artifact_kind" CHECK ("artifact"."kind" in ('image-zst', 'image-raw', 'manifest', 'log', 'model')),
	CONSTRAINT "artifact_size" CHECK ("artifact"."size_bytes" >= 0),
	CONSTRAINT "artifact_sha256" CHECK ("artifact"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "artifact_blobs" CHECK (cardinality("artifact"."blobs") > 0)
);
--> statement-breakpoint
CREATE TABLE "build" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"model_id" uuid NOT NULL,
	"signature_id" uuid NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"requested_by" uuid NOT NULL,
	"lease_owner" text,
	"lease_until" timestamp (3) with time zone,
	"attempt" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"cancel_requested_at" timestamp (3) with time zone,
	"failure" jsonb,
	"lock" jsonb,
	"manifest" jsonb,
	"snaps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"warnings" text[] DEFAULT '{}' NOT NULL,
	"production" boolean NOT NULL,
	CONSTRAINT "build_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "build_number" UNIQUE("brand_id","number"),
	CONSTRAINT "build_state" CHECK ("build"."state" in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT "build_lease" CHECK (("build"."state" = 'running') = ("build"."lease_owner" is not null and "build"."lease_until" is not null)),
	CONSTRAINT "build_failed" CHECK (("build"."state" = 'failed') = ("build"."failure" is not null)),
	CONSTRAINT "build_finished" CHECK (("build"."state" in ('succeeded', 'failed', 'cancelled')) = ("build"."finished_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "build_event" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"brand_id" uuid NOT NULL,
	"build_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"stage" text,
	"level" text NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "build_event_stage" CHECK ("build_event"."stage" in ('verify-model', 'resolve', 'fetch', 'verify-snaps', 'lay-out-gadget', 'plan-seed', 'plan-image', 'render', 'publish')),
	CONSTRAINT "build_event_level" CHECK ("build_event"."level" in ('info', 'warning', 'error'))
);
--> statement-breakpoint
CREATE TABLE "build_stage" (
	"brand_id" uuid NOT NULL,
	"build_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"bytes_done" bigint DEFAULT 0 NOT NULL,
	"bytes_total" bigint,
	"sentence" text DEFAULT '' NOT NULL,
	CONSTRAINT "build_stage_build_id_name_pk" PRIMARY KEY("build_id","name"),
	CONSTRAINT "build_stage_name" CHECK ("build_stage"."name" in ('verify-model', 'resolve', 'fetch', 'verify-snaps', 'lay-out-gadget', 'plan-seed', 'plan-image', 'render', 'publish')),
	CONSTRAINT "build_stage_state" CHECK ("build_stage"."state" in ('waiting', 'running', 'done', 'failed', 'cancelled')),
	CONSTRAINT "build_stage_bytes" CHECK ("build_stage"."bytes_done" >= 0 and "build_stage"."bytes_total" >= 0)
);
--> statement-breakpoint
CREATE TABLE "signing_key" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"name" text NOT NULL,
	"key_id" text NOT NULL,
	"bits" integer NOT NULL,
	"public_key" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"state" text DEFAULT 'draft' NOT NULL,
	"since" timestamp (3) with time zone,
	"until" timestamp (3) with time zone,
	"constraints" jsonb,
	"chain" text,
	"production" boolean DEFAULT false NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid NOT NULL,
	"registered_at" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "signing_key_key_id_unique" UNIQUE("key_id"),
	CONSTRAINT "signing_key_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "signing_key_brand_name" UNIQUE("brand_id","name"),
	CONSTRAINT "signing_key_state" CHECK ("signing_key"."state" in ('draft', 'registering', 'registered', 'retired')),
	CONSTRAINT "signing_key_registered" CHECK ("signing_key"."state" <> 'registered' or ("signing_key"."chain" is not null and "signing_key"."since" is not null and "signing_key"."registered_at" is not null)),
	CONSTRAINT "signing_key_validity" CHECK ("signing_key"."until" is null or "signing_key"."until" >= "signing_key"."since")
);
--> statement-breakpoint
CREATE TABLE "model" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"name" text NOT NULL,
	"latest_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" uuid NOT NULL,
	CONSTRAINT "model_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "model_brand_name" UNIQUE("brand_id","name")
);
--> statement-breakpoint
CREATE TABLE "model_version" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"headers" jsonb NOT NULL,
	"note" text NOT NULL,
	"restored_from" integer,
	"author_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_version_number" UNIQUE("model_id","number"),
	CONSTRAINT "model_version_brand_number" UNIQUE("brand_id","model_id","number"),
	CONSTRAINT "model_version_positive" CHECK ("model_version"."number" > 0),
	CONSTRAINT "model_version_restored" CHECK ("model_version"."restored_from" < "model_version"."number")
);
--> statement-breakpoint
CREATE TABLE "signature" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"revision" integer NOT NULL,
	"signing_key_id" uuid NOT NULL,
	"timestamp" timestamp (3) with time zone NOT NULL,
	"text" text NOT NULL,
	"sha3_384" text NOT NULL,
	"production" boolean NOT NULL,
	"signed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"signed_by" uuid NOT NULL,
	CONSTRAINT "signature_revision" UNIQUE("model_id","revision"),
	CONSTRAINT "signature_brand_model_id" UNIQUE("brand_id","model_id","id"),
	CONSTRAINT "signature_positive" CHECK ("signature"."revision" > 0),
	CONSTRAINT "signature_sha3_384" CHECK ("signature"."sha3_384" ~ '^[0-9a-f]{96}$')
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"groups" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "person_issuer_subject" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"address" text NOT NULL,
	"user_agent" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "share" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"build_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "share_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "share_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "share_expiry" CHECK ("share"."expires_at" > "share"."created_at")
);
--> statement-breakpoint
CREATE TABLE "share_open" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"brand_id" uuid NOT NULL,
	"share_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"what" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_actor_id_person_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_role" ADD CONSTRAINT "group_role_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_model" FOREIGN KEY ("brand_id","model_id") REFERENCES "public"."model"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build" ADD CONSTRAINT "build_signature" FOREIGN KEY ("brand_id","model_id","signature_id") REFERENCES "public"."signature"("brand_id","model_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build_event" ADD CONSTRAINT "build_event_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "build_stage" ADD CONSTRAINT "build_stage_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_updated_by_person_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_author_id_person_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_model" FOREIGN KEY ("brand_id","model_id") REFERENCES "public"."model"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_signed_by_person_id_fk" FOREIGN KEY ("signed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_version" FOREIGN KEY ("brand_id","model_id","version") REFERENCES "public"."model_version"("brand_id","model_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signature" ADD CONSTRAINT "signature_key" FOREIGN KEY ("brand_id","signing_key_id") REFERENCES "public"."signing_key"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_build" FOREIGN KEY ("brand_id","build_id") REFERENCES "public"."build"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_open" ADD CONSTRAINT "share_open_share" FOREIGN KEY ("brand_id","share_id") REFERENCES "public"."share"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_page" ON "audit" USING btree ("brand_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("brand_id","action","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "artifact_live_blobs" ON "artifact" USING gin ("blobs") WHERE "artifact"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "build_of_model" ON "build" USING btree ("model_id","number" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "build_waiting" ON "build" USING btree ("requested_at","id") WHERE "build"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "build_event_of_build" ON "build_event" USING btree ("build_id","id");--> statement-breakpoint
CREATE INDEX "model_page" ON "model" USING btree ("brand_id","updated_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "signature_key_use" ON "signature" USING btree ("signing_key_id");--> statement-breakpoint
CREATE INDEX "person_groups" ON "person" USING gin ("groups");--> statement-breakpoint
CREATE INDEX "session_person" ON "session" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "share_of_build" ON "share" USING btree ("build_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "share_open_of_share" ON "share_open" USING btree ("share_id","id" DESC NULLS LAST);