import { cva, type VariantProps } from 'class-variance-authority';

/** `primary` is the one next step of a page; there is at most one in sight. */
export const buttonClass = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md font-medium transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50 aria-disabled:cursor-not-allowed [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-on-accent hover:not-aria-disabled:bg-accent-hover',
        secondary: 'border border-line-strong/70 bg-raised text-ink hover:not-aria-disabled:bg-hover hover:not-aria-disabled:border-line-strong active:not-aria-disabled:bg-pressed',
        ghost: 'text-muted hover:not-aria-disabled:bg-hover hover:not-aria-disabled:text-ink active:not-aria-disabled:bg-pressed',
        danger: 'bg-danger-fill text-on-accent hover:not-aria-disabled:bg-danger-fill-hover',
      },
      size: {
        sm: 'h-7 px-2.5 text-sm [&_svg]:size-3.5',
        md: 'h-9 px-3.5 text-base [&_svg]:size-4',
        lg: 'h-11 px-5 text-lg [&_svg]:size-5',
        icon: 'size-8 [&_svg]:size-4',
        'icon-sm': 'size-7 [&_svg]:size-3.5',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);
export type ButtonLook = VariantProps<typeof buttonClass>;
