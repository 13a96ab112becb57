CREATE TABLE "key_use" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"signing_key_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"purpose" text NOT NULL,
	"subject" text NOT NULL,
	"digest" text,
	"actor_id" uuid NOT NULL,
	"token_id" uuid,
	"address" text NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "key_use_purpose" CHECK ("key_use"."purpose" in ('model', 'request', 'digest', 'backup', 'drill')),
	CONSTRAINT "key_use_digest" CHECK ("key_use"."digest" ~ '^[0-9a-f]{128}$')
);
--> statement-breakpoint
CREATE TABLE "signing_request" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"revision" integer NOT NULL,
	"signing_key_id" uuid NOT NULL,
	"timestamp" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" uuid NOT NULL,
	"signature_id" uuid,
	"cancelled_at" timestamp (3) with time zone,
	CONSTRAINT "signing_request_positive" CHECK ("signing_request"."revision" > 0),
	CONSTRAINT "signing_request_one_end" CHECK ("signing_request"."signature_id" is null or "signing_request"."cancelled_at" is null)
);
--> statement-breakpoint
CREATE TABLE "api_token" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"brand_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"last_used_address" text,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	CONSTRAINT "api_token_hash_unique" UNIQUE("hash"),
	CONSTRAINT "api_token_brand_id" UNIQUE("brand_id","id"),
	CONSTRAINT "api_token_hash" CHECK ("api_token"."hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "api_token_scopes" CHECK ("api_token"."scopes" <@ array['read', 'edit', 'sign', 'build', 'share']::text[] and cardinality("api_token"."scopes") > 0)
);
--> statement-breakpoint
ALTER TABLE "signing_key" ALTER COLUMN "sealed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "brand" ADD COLUMN "signers" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "signing_key" ADD COLUMN "custody" text DEFAULT 'sealed' NOT NULL;--> statement-breakpoint
ALTER TABLE "signing_key" ADD COLUMN "signer" text;--> statement-breakpoint
ALTER TABLE "signing_key" ADD COLUMN "signer_label" text;--> statement-breakpoint
ALTER TABLE "signing_key" ADD COLUMN "successor_id" uuid;--> statement-breakpoint
ALTER TABLE "key_use" ADD CONSTRAINT "key_use_actor_id_person_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_use" ADD CONSTRAINT "key_use_key" FOREIGN KEY ("brand_id","signing_key_id") REFERENCES "public"."signing_key"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_use" ADD CONSTRAINT "key_use_token" FOREIGN KEY ("brand_id","token_id") REFERENCES "public"."api_token"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_request" ADD CONSTRAINT "signing_request_created_by_person_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_request" ADD CONSTRAINT "signing_request_version" FOREIGN KEY ("brand_id","model_id","version") REFERENCES "public"."model_version"("brand_id","model_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_request" ADD CONSTRAINT "signing_request_key" FOREIGN KEY ("brand_id","signing_key_id") REFERENCES "public"."signing_key"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_request" ADD CONSTRAINT "signing_request_signature" FOREIGN KEY ("brand_id","model_id","signature_id") REFERENCES "public"."signature"("brand_id","model_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_brand_id_brand_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brand"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_revoked_by_person_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "key_use_page" ON "key_use" USING btree ("signing_key_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "signing_request_page" ON "signing_request" USING btree ("model_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "api_token_person" ON "api_token" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_successor" FOREIGN KEY ("brand_id","successor_id") REFERENCES "public"."signing_key"("brand_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_other_successor" CHECK ("signing_key"."successor_id" <> "signing_key"."id");--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_custody" CHECK ("signing_key"."custody" in ('sealed', 'offline', 'external'));--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_sealed" CHECK (("signing_key"."custody" = 'sealed') = ("signing_key"."sealed" is not null));--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_external" CHECK (("signing_key"."custody" = 'external') = ("signing_key"."signer" is not null and "signing_key"."signer_label" is not null));--> statement-breakpoint
CREATE TRIGGER key_use_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON "key_use" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
