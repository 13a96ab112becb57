ALTER TABLE "share_open" ADD COLUMN "sent_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "share_open" ADD COLUMN "sent" "int8multirange" DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "share_open" ADD COLUMN "size_bytes" bigint;--> statement-breakpoint
ALTER TABLE "share_open" ADD COLUMN "last_at" timestamp (3) with time zone DEFAULT now() NOT NULL;